using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Guest.Tests.World;
using NovaNetBus.NetworkWorker.Host;
using Xunit;

namespace NovaNetBus.Guest.Tests;

public sealed class devices_of_vlans : IDisposable
{
    private readonly VlanHost host;

    public devices_of_vlans()
    {
        Kernel.NeedsVlans();
        host = new VlanHost("host");
        host.Namespace.Ip("link add eth1 type dummy");
    }

    public void Dispose() => host?.Dispose();

    [Fact]
    public void they_come_with_a_projects_network_and_go_with_it_and_others_stay()
    {
        host.Namespace.Ip("link add link eth1 name vlan7 type vlan id 7");
        Serve(100);
        Serve(101);
        host.Reconcile();
        Assert.Equal(["br100", "br101", "eth1", "vlan100", "vlan101", "vlan7"], Links());
        Assert.Contains(",UP", host.Namespace.Ip("link show vlan100"), StringComparison.Ordinal);
        Assert.Contains("mtu 1450", host.Namespace.Ip("link show vlan100"), StringComparison.Ordinal);

        host.Networks.RemoveAt(0);
        host.Reconcile();
        Assert.Equal(["br101", "eth1", "vlan101", "vlan7"], Links());
        Assert.Single(Directory.GetDirectories(Path.Combine(host.StatePath, "networks")));

        host.Networks.Clear();
        host.Reconcile();
        Assert.Equal(["eth1", "vlan7"], Links());
    }

    [Fact]
    public void one_that_somebody_made_for_the_same_vlan_is_used_as_it_is_and_left_there()
    {
        host.Namespace.Ip("link add link eth1 name vlan100 mtu 1400 type vlan id 100");
        Serve(100);
        host.Reconcile();
        Assert.Empty(host.Reconcile());
        Assert.Contains("master br100", host.Namespace.Ip("link show vlan100"), StringComparison.Ordinal);

        host.Networks.Clear();
        host.Reconcile();
        Assert.Equal(["eth1", "vlan100"], Links());
        Assert.Contains("mtu 1400", host.Namespace.Ip("link show vlan100"), StringComparison.Ordinal);
    }

    [Fact]
    public void one_that_somebody_made_for_another_vlan_is_refused_by_name()
    {
        host.Namespace.Ip("link add link eth1 name vlan100 type vlan id 99");
        Serve(100);
        Assert.Contains("vlan100 already that is not for VLAN 100 of eth1", Refusal(ErrorCodes.HostConfigurationFailed), StringComparison.Ordinal);
    }

    [Fact]
    public void a_nic_that_carries_addresses_is_refused_unless_that_is_allowed_and_keeps_them_then()
    {
        host.Namespace.Ip("addr add 192.0.2.7/24 dev eth1");
        Serve(100);
        Assert.Contains("eth1 carries 192.0.2.7/24", Refusal(ErrorCodes.InterfaceCarriesAddresses), StringComparison.Ordinal);

        host.Settings = host.Settings with { TakesInterfaceAddresses = true };
        host.Reconcile();
        Assert.Contains("192.0.2.7/24", host.Namespace.Ip("addr show eth1"), StringComparison.Ordinal);
        Assert.Contains("master br100", host.Namespace.Ip("link show vlan100"), StringComparison.Ordinal);
        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void a_nic_with_too_small_an_mtu_is_told_by_name()
    {
        host.Namespace.Ip("link set eth1 mtu 1400");
        Serve(100);
        Assert.Contains("eth1 has MTU 1400", Refusal(ErrorCodes.HostConfigurationFailed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("link delete vlan100")]
    [InlineData("link set vlan100 down")]
    [InlineData("link set eth1 down")]
    [InlineData("link set vlan100 mtu 1300")]
    [InlineData("link set vlan100 address 02:00:00:00:00:01")]
    [InlineData("link set vlan100 nomaster")]
    public void drift_is_found_and_repaired(string change)
    {
        Serve(100);
        host.Reconcile();
        host.Namespace.Ip(change);

        Assert.NotEmpty(host.Reconcile());
        Assert.Empty(host.Reconcile());
        Assert.Contains("master br100", host.Namespace.Ip("link show vlan100"), StringComparison.Ordinal);
    }

    [Fact]
    public void it_moves_to_another_nic_with_all_that_is_on_its_bridge()
    {
        host.Namespace.Ip("link add eth2 type dummy");
        Serve(100);
        host.Reconcile();
        host.Settings = host.Settings with { VlanInterface = "eth2" };

        Assert.IsType<HostAction.Change>(Assert.Single(host.Reconcile()));
        Assert.Empty(host.Reconcile());
        Assert.Contains("vlan100@eth2", host.Namespace.Ip("link show vlan100"), StringComparison.Ordinal);
        Assert.Contains("master br100", host.Namespace.Ip("link show vlan100"), StringComparison.Ordinal);
    }

    [Fact]
    public void one_that_a_killed_worker_had_half_made_is_known_as_ours()
    {
        host.Namespace.Ip($"link add link eth1 name vlan100 address {MacAddress.ForBridge("host", "vlan100")} type vlan id 100");
        Serve(100);
        host.Reconcile();
        host.Networks.Clear();
        host.Reconcile();

        Assert.Equal(["eth1"], Links());
    }

    private void Serve(int vlan) => host.Networks.Add(new ServedNetwork(VlanHost.Project(vlan, shareAddress: true), Ipv4.Parse($"10.{vlan}.0.1")));

    private string Refusal(string code)
    {
        var refusal = Assert.Throws<HostApplyException>(() => host.Reconcile());
        Assert.Equal(code, refusal.Code);
        return refusal.Message;
    }

    /// <summary>But for those that a kernel brings into every namespace.</summary>
    private IEnumerable<string> Links() => host.Namespace.Ip("-o link").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ')[1].TrimEnd(':').Split('@')[0]).Where(name => name is not "lo" and not "sit0").Order(StringComparer.Ordinal);
}

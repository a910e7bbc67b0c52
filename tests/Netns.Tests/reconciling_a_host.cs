using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.NetworkWorker.Host;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

public sealed class reconciling_a_host : IDisposable
{
    private readonly TestHost host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public void an_empty_host_comes_to_be_as_planned_and_stays_so()
    {
        host.Connect("flat0");
        host.Settings = host.Settings with { FlatInterface = "flat0" };
        host.PlugKnown(11);
        host.PlugKnown(12);

        var first = host.Reconcile();
        Assert.NotEmpty(first);
        Assert.Equal(host.Plan().Resources.OrderBy(r => r.Key), host.Read(host.Plan()).Resources.OrderBy(r => r.Key));
        Assert.Empty(host.Reconcile());

        host.RestartWorker();
        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void nothing_wanted_leaves_nothing()
    {
        host.Connect("flat0");
        host.Settings = host.Settings with { FlatInterface = "flat0" };
        host.PlugKnown(11).PlugInAfter(host);
        var pid = host.DhcpPid();

        host.Reconcile(HostState.Empty);

        Assert.Equal([new FirewallRules(HostPlanner.FirewallVersion)], host.Read(HostState.Empty).Resources);
        Assert.False(TestHost.IsAlive(pid));
        Assert.DoesNotContain("br100", host.Namespace.Ip("link"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(host.StatePath, "networks")));
    }

    [Fact]
    public void what_others_made_is_left_alone()
    {
        host.Namespace.Execute("nft", "add table inet theirs");
        host.Namespace.Ip("link add br-theirs type bridge");
        host.Namespace.Ip("link add br100 mtu 1400 type bridge");
        host.Namespace.Ip("addr add 192.0.2.9/32 dev br100");

        host.Reconcile();
        Assert.Empty(host.Reconcile());
        host.Reconcile(HostState.Empty);

        Assert.Contains("table inet theirs", host.Namespace.Execute("nft", "list", "tables"), StringComparison.Ordinal);
        Assert.Contains("br-theirs", host.Namespace.Ip("link"), StringComparison.Ordinal);
        Assert.Contains("mtu 1400", host.Namespace.Ip("link show br100"), StringComparison.Ordinal);
        Assert.Contains("192.0.2.9", host.Namespace.Ip("addr show br100"), StringComparison.Ordinal);
    }

    [Fact]
    public void a_bridge_that_a_killed_worker_had_half_made_is_known_as_ours()
    {
        host.Namespace.Ip($"link add br100 address {MacAddress.ForBridge("host-a", "br100")} type bridge");

        host.Reconcile();
        Assert.Contains("alias novanetbus", host.Namespace.Ip("link show br100"), StringComparison.Ordinal);
        host.Reconcile(HostState.Empty);
        Assert.DoesNotContain("br100", host.Namespace.Ip("link"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flush chain bridge novanetbus from_vm")]
    [InlineData("add rule inet novanetbus forward accept")]
    [InlineData("delete table arp novanetbus")]
    [InlineData("delete table bridge novanetbus")]
    public void rules_that_somebody_changed_are_replaced_with_all_their_elements(string change)
    {
        host.PlugKnown(11);
        host.Reconcile();
        host.Namespace.Execute("nft", change);

        Assert.Contains(host.Reconcile(), action => action.Resource is FirewallRules);
        Assert.Empty(host.Reconcile());
    }

    [Theory]
    [InlineData("nft", "delete element bridge novanetbus vm_ports { \"tap11\" }")]
    [InlineData("nft", "add element bridge novanetbus port_ip { \"tap11\" . fa:16:3e:00:00:0b . 10.4.0.99 }")]
    [InlineData("ip", "link delete br100")]
    [InlineData("ip", "link set br100 down")]
    [InlineData("ip", "link set br100 address 02:00:00:00:00:01")]
    [InlineData("ip", "addr delete 10.4.0.1/24 dev br100")]
    [InlineData("ip", "addr add 10.9.0.1/24 dev br100")]
    [InlineData("ip", "link set flat0 nomaster")]
    [InlineData("sysctl", "-q net.ipv4.ip_forward=0")]
    public void drift_is_found_and_repaired(string program, string change)
    {
        host.Connect("flat0");
        host.Settings = host.Settings with { FlatInterface = "flat0" };
        host.PlugKnown(11);
        host.Reconcile();
        host.Namespace.Execute(program, program == "nft" ? [change] : change.Split(' '));

        Assert.NotEmpty(host.Reconcile());
        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void a_nic_that_carries_addresses_is_not_taken()
    {
        host.Connect("flat0");
        host.Namespace.Ip("addr add 192.0.2.7/24 dev flat0");
        host.Settings = host.Settings with { FlatInterface = "flat0" };

        var refusal = Assert.Throws<HostApplyException>(() => host.Reconcile());

        Assert.Equal(ErrorCodes.InterfaceCarriesAddresses, refusal.Code);
        Assert.Contains("192.0.2.7/24", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("master", host.Namespace.Ip("link show flat0"), StringComparison.Ordinal);
    }

    [Fact]
    public void a_nic_that_cannot_be_taken_holds_up_its_own_bridge_and_no_other()
    {
        var (bad, good) = (host.Network with { Id = Guid.NewGuid(), Bridge = "br0", BridgeInterface = "bad0" }, host.Network);
        host.Connect("bad0");
        host.Namespace.Ip("addr add 192.0.2.7/24 dev bad0");
        host.Connect("flat0");
        host.Settings = host.Settings with { FlatInterface = "flat0" };
        host.Others.Add(new ServedNetwork(bad with { Cidr = Cidr.Parse("10.5.0.0/24") }, Ipv4.Parse("10.5.0.1")));
        var vm = host.PlugKnown(11);

        Assert.Equal("uplink bad0", Assert.Single(Assert.Throws<HostApplyException>(() => host.Reconcile()).Failures).Action.Resource.Key);

        Assert.StartsWith("bound 10.4.0.11/24", vm.PlugIn().AskForAddress(), StringComparison.Ordinal);
        Assert.Contains("master br100", host.Namespace.Ip("link show flat0"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(host.StatePath, "networks", bad.Id.ToString())));
        var left = Reconciled.Of(new HostView("host-a", host.Settings, [new ServedNetwork(good, TestHost.Gateway), .. host.Others], host.Ports), host.Plan(), host.Read(host.Plan()));
        Assert.Equal(bad.Id, Assert.Single(left.Unsettled));
        Assert.DoesNotContain(left.Left, step => step.KeepsSilence);
    }

    [Fact]
    public void a_nic_that_is_not_there_is_named()
    {
        host.Settings = host.Settings with { FlatInterface = "flat9" };
        Assert.Contains("flat9", Assert.Throws<HostApplyException>(() => host.Reconcile()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_kernel_without_vlans_is_told_by_name()
    {
        host.Connect("flat0");
        var wanted = HostState.Of([.. host.Plan().Resources, new VlanDevice("vlan100", "flat0", 100, MacAddress.ForBridge("host-a", "vlan100"), 1450)]);

        var failure = Record.Exception(() => host.Reconcile(wanted));
        Assert.SkipWhen(failure is null, "this kernel has 802.1Q");

        var refusal = Assert.IsType<HostApplyException>(failure);
        Assert.Equal(ErrorCodes.HostConfigurationFailed, refusal.Code);
        Assert.Contains("802.1Q", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("vlan100", host.Namespace.Ip("link"), StringComparison.Ordinal);
    }

    [Fact]
    public void a_change_is_applied_twice_without_harm()
    {
        host.Reconcile();
        var before = host.Read(host.Plan());
        host.PlugKnown(11);
        var steps = HostDiff.Between(host.Plan(), before);
        host.Namespace.Run(() =>
        {
            using var other = new KernelHost(host.StatePath);
            other.Apply(steps);
            other.Apply(steps);
            Assert.Empty(HostDiff.Between(host.Plan(), other.Read(host.Plan())));
            var back = HostDiff.Between(before, host.Plan());
            other.Apply(back);
            other.Apply(back);
            Assert.Empty(HostDiff.Between(before, other.Read(before)));
        });
    }
}

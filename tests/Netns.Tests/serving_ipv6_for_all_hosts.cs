using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>use_ipv6 with one network over two hosts: host-a is the router of all, host-b bridges and guards its VMs' ports.</summary>
public sealed class serving_ipv6_for_all_hosts : IDisposable
{
    private const string Gateway = "fd00:4::1";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly string Router = Ipv6Cidr.LinkLocal.AddressOf(MacAddress.ForBridge(TestHost.NetworkId.ToString(), "br100")).ToString();

    private readonly TwoHosts hosts = new();
    private readonly TestVm near;
    private readonly TestVm far;

    public serving_ipv6_for_all_hosts()
    {
        foreach (var host in (ReadOnlySpan<TestHost>)[hosts.A, hosts.B])
        {
            host.UseIpv6();
            host.Network = host.Network with { MultiHost = false, ShareAddress = false };
        }

        hosts.B.Part = NetworkPart.Bridge;
        (near, far) = (hosts.A.PlugKnown(11), hosts.B.PlugKnown(21));
        hosts.A.Ports.Add(far.Port with { IsHere = false });
        hosts.Apply();
        hosts.A.Renew(Long);
        near.PlugIn();
        far.PlugIn();
    }

    public void Dispose() => hosts.Dispose();

    [Fact]
    public void an_instance_of_another_host_finds_its_address_and_its_router_across_the_wire()
    {
        Assert.All([near, far], vm => Assert.Equal($"{vm.AddressV6}/64", vm.AwaitIpv6()));

        Assert.All([near, far], vm => Assert.Contains($"via {Router}", vm.Namespace.Ip("-6 route show default"), StringComparison.Ordinal));
        Assert.True(Pinging.Reaches(far.Namespace, Gateway));
        Assert.True(Pinging.Reaches(far.Namespace, near.AddressV6.ToString()));
        Assert.Equal("", hosts.B.Namespace.Ip("-6 addr show dev br100"));
        far.Nic.Send(Frames.Neighbour(134, far.Mac, far.LinkLocal, default, "false:router"), Frames.Neighbour(135, far.Mac, far.LinkLocal, near.AddressV6, "honest:who-is"));
        Assert.DoesNotContain(near.Nic.SeenUntil("honest:who-is"), frame => frame.Contains("false:", StringComparison.Ordinal));
    }

    [Fact]
    public void instances_that_are_kept_apart_are_served_by_their_network_host_all_the_same()
    {
        foreach (var host in (ReadOnlySpan<TestHost>)[hosts.A, hosts.B])
        {
            host.Settings = host.Settings with { AllowsSameNetTraffic = false };
        }

        hosts.Apply();

        Assert.All([near, far], vm => Assert.Equal($"{vm.AddressV6}/64", vm.AwaitIpv6()));
        Assert.All([near, far], vm => Assert.StartsWith($"bound {vm.Address}/24 router 10.4.0.1", vm.AskForAddress(), StringComparison.Ordinal));
        Assert.All([Gateway, "10.4.0.1", PublicSegment.Outsider], address => Assert.True(Pinging.Reaches(far.Namespace, address)));
        Assert.All([near.AddressV6.ToString(), near.Address.ToString()], address => Assert.False(Pinging.Reaches(far.Namespace, address)));
    }

    [Fact]
    public void a_lease_that_nobody_renews_silences_the_router()
    {
        far.AwaitIpv6();
        Assert.True(Pinging.Reaches(far.Namespace, Gateway));

        hosts.A.Renew(TimeSpan.FromMilliseconds(300));
        Assert.True(SpinWait.SpinUntil(() => !Pinging.Reaches(far.Namespace, Gateway), TimeSpan.FromSeconds(30)));
        far.Namespace.Ip("neigh flush all");
        far.Namespace.Ip("-6 addr flush dev eth0 scope global");
        Assert.False(Pinging.Reaches(far.Namespace, Router + "%eth0"));
        far.Nic.Send(Frames.Neighbour(133, far.Mac, far.LinkLocal, default, "who-routes"), Frames.Neighbour(135, far.Mac, far.LinkLocal, Ipv6.Parse(Gateway), "who-is"));
        near.Nic.SeenUntil("who-is");
        Assert.Equal("", far.Namespace.Ip("-6 addr show dev eth0 scope global"));

        hosts.A.Renew(Long);
        Assert.Equal($"{far.AddressV6}/64", far.AwaitIpv6());
        Assert.True(Pinging.Reaches(far.Namespace, Gateway));
    }

    [Fact]
    public void a_network_that_is_given_over_keeps_its_router_at_the_next_host()
    {
        far.AwaitIpv6();
        Assert.True(Pinging.Reaches(far.Namespace, Gateway));
        Assert.True(Pinging.Reaches(far.Namespace, Router + "%eth0"));

        hosts.B.Part = NetworkPart.Silent;
        hosts.B.Renew(Long);
        hosts.B.Reconcile();
        Assert.Equal(Mac("host-a"), MacOf(far, Gateway));
        Assert.Equal(Mac("host-a"), MacOf(far, Router));
        hosts.A.Part = NetworkPart.Silent;
        hosts.A.Reconcile();
        hosts.B.Part = NetworkPart.Gateway;
        hosts.B.Reconcile();
        hosts.B.Announce();

        Assert.True(SpinWait.SpinUntil(() => MacOf(far, Gateway) == Mac("host-b") && MacOf(far, Router) == Mac("host-b"), TimeSpan.FromSeconds(30)));
        Assert.All([near, far], vm => Assert.True(Pinging.Reaches(vm.Namespace, Gateway)));
        hosts.A.Part = NetworkPart.Bridge;
        hosts.A.Reconcile();
        Assert.Empty(hosts.A.Reconcile());
        Assert.Equal("", hosts.A.Namespace.Ip("-6 addr show dev br100"));
        Assert.All([near, far], vm => Assert.True(Pinging.Reaches(vm.Namespace, Gateway)));
    }

    private static string Mac(string host) => MacAddress.ForBridge(host, "br100").ToString();

    /// <summary>Whom a VM takes for the neighbour with that address; empty: nobody.</summary>
    private static string MacOf(TestVm vm, string address) =>
        vm.Namespace.Ip($"-6 neigh show {address} dev eth0").Split(' ', StringSplitOptions.RemoveEmptyEntries) is var words && Array.IndexOf(words, "lladdr") is >= 0 and var place ? words[place + 1] : "";
}

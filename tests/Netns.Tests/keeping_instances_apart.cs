using NovaNetBus.Domain.Addressing;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>allow_same_net_traffic=false on two hosts with one network, IPv6 included.</summary>
public sealed class keeping_instances_apart : IDisposable
{
    private const string Floating = "198.51.100.200";
    private readonly TwoHosts hosts = new();
    private readonly TestVm first;
    private readonly TestVm second;
    private readonly TestVm far;

    public keeping_instances_apart()
    {
        foreach (var host in (ReadOnlySpan<TestHost>)[hosts.A, hosts.B])
        {
            host.UseIpv6();
        }

        (first, second, far) = (hosts.A.PlugKnown(11), hosts.A.PlugKnown(12), hosts.B.PlugKnown(21));
        hosts.Apply();
        foreach (var vm in (ReadOnlySpan<TestVm>)[first, second, far])
        {
            vm.PlugIn();
            Assert.StartsWith($"bound {vm.Address}/24 router 10.4.0.1", vm.AskForAddress(), StringComparison.Ordinal);
            vm.AwaitIpv6();
        }
    }

    public void Dispose() => hosts.Dispose();

    [Fact]
    public void they_reach_each_other_neither_on_one_host_nor_across_two_and_all_else_as_before()
    {
        Assert.All([second, far], other => Assert.True(Reaches(first, other) && Reaches6(first, other)));

        Close();
        Assert.Empty(hosts.A.Reconcile());
        Assert.Empty(hosts.B.Reconcile());

        Assert.All([second, far], other => Assert.False(Reaches(first, other) || Reaches6(first, other) || Reaches(other, first) || Reaches6(other, first)));
        foreach (var vm in (ReadOnlySpan<TestVm>)[first, far])
        {
            Assert.True(Pinging.Reaches(vm.Namespace, "10.4.0.1"));
            Assert.True(Pinging.Reaches(vm.Namespace, "fd00:4::1"));
            Assert.True(Pinging.Reaches(vm.Namespace, PublicSegment.Outsider));
            vm.Namespace.Ip("addr flush dev eth0");
            Assert.StartsWith($"bound {vm.Address}/24 router 10.4.0.1", vm.AskForAddress(), StringComparison.Ordinal);
        }

        Open();
        Assert.True(Reaches(first, far));
    }

    [Fact]
    public void the_way_round_by_the_host_and_words_to_all_are_shut_too()
    {
        Close();
        foreach (var other in (ReadOnlySpan<TestVm>)[second, far])
        {
            first.Namespace.Ip($"route add {other.Address}/32 via 10.4.0.1");
            other.Namespace.Ip($"route add {first.Address}/32 via 10.4.0.1");
            first.Namespace.Ip($"-6 route add {other.AddressV6}/128 via fd00:4::1");
            Assert.False(Reaches(first, other) || Reaches6(first, other));
        }

        first.Nic.Send(
            Frames.Udp(first.Mac, first.Address, Frames.Broadcast, Frames.Everybody, "shut:all"),
            Frames.Udp(first.Mac, first.Address, Frames.Broadcast, Ipv4.Parse("224.0.0.1"), "shut:group"),
            Frames.Udp6(first.Mac, first.AddressV6, Frames.Broadcast, Frames.AllNodes, "shut:group-v6"),
            Frames.Udp6(first.Mac, first.LinkLocal, second.Mac, second.LinkLocal, "shut:link"),
            Frames.ArpRequest(first.Mac, first.Mac, first.Address, far.Address, "open:arp"));

        Assert.DoesNotContain(second.Nic.SeenUntil("open:arp"), frame => frame.Contains("shut:", StringComparison.Ordinal));
        Assert.DoesNotContain(far.Nic.SeenUntil("open:arp"), frame => frame.Contains("shut:", StringComparison.Ordinal));
    }

    [Fact]
    public void a_floating_address_is_reached_from_the_same_network_as_from_outside()
    {
        Close();
        hosts.A.Associate(Floating, second);
        hosts.Apply();

        Assert.True(Pinging.Reaches(hosts.Public.Outside, Floating));
        Assert.True(Pinging.Reaches(first.Namespace, Floating));
        Assert.True(Pinging.Reaches(far.Namespace, Floating));
        Assert.False(Reaches(first, second));
    }

    private void Close() => Allow(false);

    private void Open() => Allow(true);

    private void Allow(bool traffic)
    {
        foreach (var host in (ReadOnlySpan<TestHost>)[hosts.A, hosts.B])
        {
            host.Settings = host.Settings with { AllowsSameNetTraffic = traffic };
        }

        hosts.Apply();
    }

    private static bool Reaches(TestVm from, TestVm to) => Pinging.Reaches(from.Namespace, to.Address.ToString());

    private static bool Reaches6(TestVm from, TestVm to) => Pinging.Reaches(from.Namespace, to.AddressV6.ToString());
}

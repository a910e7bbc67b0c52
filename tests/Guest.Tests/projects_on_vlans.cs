using NovaNetBus.Domain.Addressing;
using NovaNetBus.Guest.Tests.World;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Guest.Tests;

public sealed class projects_on_vlans(Trunk trunk) : IClassFixture<Trunk>
{
    /// <summary>Each test skips by itself, and before the fixture makes anything.</summary>
    private Trunk World
    {
        get
        {
            Kernel.NeedsVlans();
            return trunk;
        }
    }

    [Fact]
    public void instances_of_one_project_reach_each_other_across_the_trunk_each_by_its_own_tag()
    {
        using var capture = World.Listen();
        World.RedOnA.Namespace.Execute("ping", "-qc1", "-W20", World.RedOnB.Address.ToString());
        World.BlueOnA.Namespace.Execute("ping", "-qc1", "-W20", World.BlueOnB.Address.ToString());

        capture.SeenUntil("10.101.0.22 > 10.101.0.21: ICMP echo reply");
        var echoes = capture.SeenUntil("10.100.0.12 > 10.100.0.11: ICMP echo reply").Split('\n').Where(line => line.Contains("ICMP echo", StringComparison.Ordinal)).ToList();
        Assert.All(echoes, line => Assert.Contains(line.Contains("10.100.0.", StringComparison.Ordinal) ? "vlan 100," : "vlan 101,", line, StringComparison.Ordinal));
        Assert.Equal(4, echoes.Count);
    }

    [Fact]
    public void another_project_is_reached_neither_on_the_same_host_nor_on_another()
    {
        var (red, blue) = (World.RedOnA, World.BlueOnA);
        red.Nic.Send(
            Frames.Udp(red.Mac, red.Address, blue.Mac, blue.Address, "stray:same-host"),
            Frames.Udp(red.Mac, red.Address, World.BlueOnB.Mac, World.BlueOnB.Address, "stray:other-host"),
            Frames.ArpRequest(red.Mac, red.Mac, red.Address, blue.Address, "stray:asked"),
            Frames.Udp(red.Mac, red.Address, Frames.Broadcast, Frames.Everybody, "own:everybody"));
        World.RedOnB.Nic.SeenUntil("own:everybody");
        blue.Nic.Send(Frames.Udp(blue.Mac, blue.Address, Frames.Broadcast, Frames.Everybody, "own:blue"));

        Assert.DoesNotContain(World.BlueOnB.Nic.SeenUntil("own:blue"), IsStray);
        Assert.DoesNotContain(blue.Nic.Seen(), IsStray);
    }

    [Fact]
    public void another_project_is_not_reached_through_the_hosts_routing()
    {
        Kernel.NeedsRoutedRules();
        var (red, blue) = (World.RedOnA, World.BlueOnA);
        red.Nic.Send(
            Frames.Udp(red.Mac, red.Address, MacAddress.ForBridge("a", "br100"), blue.Address, "stray:routed"),
            Frames.Udp(red.Mac, red.Address, MacAddress.ForBridge("a", "br100"), World.BlueOnB.Address, "stray:routed-on"));

        // The host answers, so what came before on the same path has been routed, or not.
        red.Namespace.Execute("ping", "-qc1", "-W20", "10.100.0.2");
        blue.Nic.Send(Frames.Udp(blue.Mac, blue.Address, Frames.Broadcast, Frames.Everybody, "own:routed"));
        Assert.DoesNotContain(World.BlueOnB.Nic.SeenUntil("own:routed"), IsStray);
        Assert.DoesNotContain(blue.Nic.Seen(), IsStray);
    }

    [Fact]
    public void nothing_passes_under_a_false_name_or_with_a_tag_of_its_own()
    {
        using var capture = World.Listen();
        var (bad, victim) = (World.RedOnA, World.RedOnB);
        var honest = Frames.Udp(bad.Mac, bad.Address, victim.Mac, victim.Address, "false:tagged");
        bad.Nic.Send(
            Frames.Udp(bad.Mac, Ipv4.Parse("10.100.0.99"), victim.Mac, victim.Address, "false:address", 4666),
            Frames.Udp(MacAddress.Parse("fa:16:3e:00:00:ee"), bad.Address, victim.Mac, victim.Address, "false:mac", 4666),
            Frames.ArpReply(bad.Mac, victim.Mac, bad.Mac, Ipv4.Parse("10.100.0.3"), victim.Address, "false:gateway"),
            Frames.DhcpOffer(bad.Mac, bad.Address, "false:dhcp"),
            Frames.Tagged(honest, 101),
            Frames.Tagged(honest, 100),
            Frames.Udp(bad.Mac, bad.Address, victim.Mac, victim.Address, "honest:last", 4777));

        Assert.DoesNotContain(victim.Nic.SeenUntil("honest:last"), frame => frame.Contains("false:", StringComparison.Ordinal));
        var passed = capture.SeenUntil(".4777 >");
        Assert.DoesNotContain(".4666 >", passed, StringComparison.Ordinal);
        Assert.DoesNotContain("fa:16:3e:00:00:ee", passed, StringComparison.Ordinal);
    }

    [Fact]
    public void a_gateway_address_that_both_hosts_have_is_asked_for_on_each_host_alone()
    {
        using var capture = World.Listen();
        World.BlueOnA.Namespace.Execute("ping", "-qc1", "-W20", "10.101.0.1");
        World.BlueOnB.Namespace.Execute("ping", "-qc1", "-W20", "10.101.0.1");
        Assert.Contains(MacAddress.ForBridge("a", "br101").ToString(), World.BlueOnA.Namespace.Ip("neigh show 10.101.0.1"), StringComparison.Ordinal);
        Assert.Contains(MacAddress.ForBridge("b", "br101").ToString(), World.BlueOnB.Namespace.Ip("neigh show 10.101.0.1"), StringComparison.Ordinal);

        World.BlueOnA.Namespace.Execute("ping", "-qc1", "-W20", World.BlueOnB.Address.ToString());
        Assert.DoesNotContain("10.101.0.1 ", capture.SeenUntil("ICMP echo reply"), StringComparison.Ordinal);
    }

    [Fact]
    public void each_project_has_a_dhcp_server_of_its_own_on_each_host()
    {
        Assert.Equal("10.100.0.11/24 router 10.100.0.2", AskForAddress(World.RedOnA));
        Assert.Equal("10.100.0.12/24 router 10.100.0.3", AskForAddress(World.RedOnB));
        Assert.Equal("10.101.0.21/24 router 10.101.0.1", AskForAddress(World.BlueOnA));
    }

    [Fact]
    public void ipv6_of_a_project_stays_on_its_vlan_and_each_host_is_the_router_of_its_own()
    {
        var (red, other, blue) = (World.RedOnA, World.RedOnB, World.BlueOnA);
        Assert.All([red, other, blue], vm => Assert.Equal($"{vm.AddressV6}/64", OwnAddresses.Await(vm.Namespace)));
        using var capture = World.Listen();
        red.Namespace.Execute("ping", "-6", "-qc1", "-W20", "fd00:100::1");
        red.Namespace.Execute("ping", "-6", "-qc1", "-W20", other.AddressV6.ToString());

        var seen = capture.SeenUntil($"{other.AddressV6} > {red.AddressV6}: ICMP6, echo reply");
        Assert.All(seen.Split('\n').Where(line => line.Contains("ICMP6, echo", StringComparison.Ordinal)), line => Assert.Contains("vlan 100,", line, StringComparison.Ordinal));
        Assert.DoesNotContain("router advertisement", seen, StringComparison.Ordinal);
        red.Nic.Send(
            Frames.Udp6(red.Mac, red.AddressV6, MacAddress.ForBridge("a", "br100"), blue.AddressV6, "stray:routed-v6"),
            Frames.Udp6(red.Mac, red.AddressV6, blue.Mac, blue.AddressV6, "stray:v6"),
            Frames.Udp(red.Mac, red.Address, Frames.Broadcast, Frames.Everybody, "own:v6"));
        other.Nic.SeenUntil("own:v6");
        blue.Nic.Send(Frames.Udp(blue.Mac, blue.Address, Frames.Broadcast, Frames.Everybody, "own:blue-v6"));
        World.BlueOnB.Nic.SeenUntil("own:blue-v6");
        Assert.DoesNotContain(blue.Nic.Seen(), frame => frame.Contains("stray:v6", StringComparison.Ordinal) || (Kernel.HasRoutedRules && IsStray(frame)));
    }

    [Fact]
    public void the_next_worker_finds_nothing_to_do()
    {
        Assert.Empty(World.A.Reconcile());
        World.A.RestartWorker();
        Assert.Empty(World.A.Reconcile());
    }

    private static bool IsStray(string frame) => frame.Contains("stray:", StringComparison.Ordinal);

    /// <summary>A real DHCP client, once.</summary>
    private static string AskForAddress(VlanVm vm)
    {
        var script = Path.Combine(Path.GetTempPath(), $"{vm.Port.PortName}.sh");
        File.WriteAllText(script, "#!/bin/sh\n[ \"$1\" = bound ] || exit 0\necho \"$ip/$mask router $router\"\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        return vm.Namespace.Execute("udhcpc", "-q", "-f", "-n", "-t", "10", "-T", "2", "-i", "eth0", "-s", script).Trim();
    }
}

using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using NovaNetBus.NetworkWorker.Host;
using Xunit;

namespace NovaNetBus.Programs.Tests.Worker;

public sealed class changes_of_a_host
{
    private static readonly HostState Base = HostPlanner.Plan(Worlds.View());

    [Fact]
    public void a_coming_port_brings_only_what_is_its_own()
    {
        var steps = HostChange.Steps([HostChange.Coming(Worlds.View(Worlds.Port(1)), Worlds.Cause)], Base);
        Assert.Equal(
            [$"dhcp-host {Worlds.Net.Id} 10.0.0.11", "element PortIp tap1 fa:16:3e:00:00:01 10.0.0.11", "element PortMac tap1 fa:16:3e:00:00:01", "element VmPorts tap1"],
            steps.Select(step => step.Resource.Key).Order(StringComparer.Ordinal));
        Assert.All(steps, step => Assert.IsType<HostAction.Add>(step));
    }

    [Fact]
    public void the_same_port_again_changes_nothing()
    {
        var there = HostPlanner.Plan(Worlds.View(Worlds.Port(1)));
        Assert.Empty(HostChange.Steps([HostChange.Coming(Worlds.View(Worlds.Port(1)), Worlds.Cause)], there));
    }

    [Fact]
    public void a_going_port_leaves_its_network_and_its_neighbours()
    {
        var there = HostPlanner.Plan(Worlds.View(Worlds.Port(1), Worlds.Port(2)));
        var steps = HostChange.Steps([HostChange.Going(Worlds.View(Worlds.Port(1)), Worlds.Cause)], there);
        Assert.Equal(HostPlanner.Plan(Worlds.View(Worlds.Port(2))), there.After(steps));
    }

    [Fact]
    public void many_changes_at_once_are_one_set_of_steps()
    {
        var there = HostPlanner.Plan(Worlds.View(Worlds.Port(1)));
        var steps = HostChange.Steps(
            [HostChange.Going(Worlds.View(Worlds.Port(1)), Worlds.Cause), HostChange.Coming(Worlds.View(Worlds.Port(2)), Worlds.Cause), HostChange.Coming(Worlds.View(Worlds.Port(3)), Worlds.Cause)], there);
        Assert.Equal(HostPlanner.Plan(Worlds.View(Worlds.Port(2), Worlds.Port(3))), there.After(steps));
    }
}

/// <summary>Small worlds for tests.</summary>
internal static class Worlds
{
    public static readonly Network Net = new()
    {
        Id = Guid.Parse("11111111-1111-1111-1111-111111111111"),
        Label = "private",
        Cidr = Cidr.Parse("10.0.0.0/24"),
        Gateway = Ipv4.Parse("10.0.0.1"),
        DhcpServer = Ipv4.Parse("10.0.0.1"),
        DhcpStart = Ipv4.Parse("10.0.0.2"),
        Assignable = new AddressRange(Ipv4.Parse("10.0.0.2"), Ipv4.Parse("10.0.0.254")),
        Bridge = "br100",
        MultiHost = true,
        ShareAddress = false,
        EnableDhcp = true,
        Mtu = 1500,
        Dns = [],
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    public static readonly HostSettings Settings = new("eth0", "br100", "eth1", Ipv4.Parse("192.0.2.1"), [], 86400, "novalocal", []);

    public static readonly Cause Cause = new("message-1", Guid.Parse("22222222-2222-2222-2222-222222222222"));

    public static HostView View(params IReadOnlyList<ServedPort> ports) =>
        new("host-a", Settings, [new ServedNetwork(Net, Ipv4.Parse("10.0.0.2"))], ports);

    public static ServedPort Port(byte number) =>
        new(Net.Id, $"tap{number}", MacAddress.ForInstance(number), Ipv4.Parse($"10.0.0.{10 + number}"), $"vm{number}");
}

using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>The small world of the examples.</summary>
internal static class Given
{
    internal static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    internal static HostSettings Settings { get; } = new("eth0", "br100", null, Ipv4.Parse("192.0.2.10"), [Cidr.Parse("198.51.100.0/24")], 3600, "novalocal", [Ipv4.Parse("192.0.2.53")]);

    /// <summary>One network of the whole range.</summary>
    internal static CreateNetworks Creation(string cidr = "10.0.0.0/24") => new()
    {
        Id = Id(1),
        Label = "private",
        Cidr = cidr,
        FixedRange = Cidr.Parse("10.0.0.0/8"),
        DefaultSize = 1 << 24,
        Bridge = "br100",
        MultiHost = true,
        ShareAddress = false,
        EnableDhcp = true,
        Mtu = 1500,
        Now = Noon,
    };

    internal static VlanWish Vlans(int start = 100, int? id = null, int vpnStart = 1000, int vpnClients = 0) => new(id, start, Ip("192.0.2.10"), vpnStart, vpnClients);

    internal static Network Network(string cidr = "10.0.0.0/24", int id = 1, bool shareAddress = false) => Network(Creation(cidr) with
    {
        Id = Id(id),
        Label = "net" + id,
        ShareAddress = shareAddress,
        Now = Noon.AddSeconds(id),
    });

    internal static Network Network(CreateNetworks command, params IReadOnlyCollection<Network> existing) => Assert.Single(Networks(command, existing));

    internal static IReadOnlyList<Network> Networks(CreateNetworks command, params IReadOnlyCollection<Network> existing) =>
        [.. Assert.IsType<Decision<NetworkEvent>.Accepted>(NetworkDecisions.Create(command, existing)).Events.Select(change => Assert.IsType<NetworkCreated>(change).Network)];

    internal static Guid Id(int number) => new(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

    /// <summary>Of this number and no other: neither ids nor MAC addresses of two seeds meet.</summary>
    internal static Guid Seed(int number) => new((uint)number * 16, 0, 0x4000, 0x80, 0, 0, 0, 0, (byte)(number >> 12), (byte)(number >> 4), (byte)(number << 4));

    internal static Spawn Spawn(int instance = 1, string host = "host-a", params ReadOnlySpan<NetworkRequest> networks) =>
        new(Id(100 + instance), "project", host, "vm" + instance, ValueList.Of(networks), Seed(instance), Noon);

    internal static NetworkRequest Asking(Network network, string? address = null, string? mac = null) => new(network.Id.ToString(), address, mac);

    internal static HostRecord Host(string name) => new(name, ImmutableDictionary<Guid, Ipv4>.Empty, Noon);

    internal static Ipv4 Ip(string text) => Ipv4.Parse(text);
}

using System.Text.Json;
using NovaNetBus.Contracts;

namespace NovaNetBus.Programs.Tests.Cli;

/// <summary>Rows as a scheduler sends them.</summary>
internal static class Rows
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid Id = new("6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f");

    public static NetworkRow Network(string label = "private") => new(
        Id, label, "10.200.100.0/24", "10.200.100.1", "10.200.100.1", "10.200.100.2", null, "br100", "eth1", "demo", true, null, 1500, ["8.8.4.4"],
        null, null, null, new AddressCounts(256, 3, 2, 251));

    public static FixedIpRow Fixed(string? hostname = "vm-1") =>
        new("10.200.100.3", Id, "leased", Id, "demo", "compute-1", "fa:16:3e:00:00:01", hostname, Noon);

    public static FloatingIpRow Floating() => new("203.0.113.107", "public", "eth0", "demo", "10.200.100.3", Id, "compute-1", false);

    public static HostRow Host() => new("compute-1", true, Noon, "worker", 3, ["private"], "0.1.0", 0, "multi_host");

    public static InstanceRow Instance() => new(
        Id, "configured", "demo", "compute-1", "vm-1", 1, Noon, null, null,
        new HostNetworkConfigured(Id, "demo", "compute-1", "compute-1", 1, [Nic()], Noon));

    public static EventRow Event(long sequence = 7) => new(
        sequence, "instance-" + Id, 2, "instance-network-configured", Noon, "compute-1", "m-1", Id.ToString(),
        JsonSerializer.SerializeToElement(new { host = "compute-1", note = "a, \"b\"" }), "nova");

    public static AddressHolderRow Holder() => new(
        "10.200.100.3", "fixed", "leased", Id, null, null, "demo", Id, "vm-1", "fa:16:3e:00:00:01", "compute-1", Noon, null);

    public static HostRendering Rendering(string format = "nft") => new(
        "compute-1", Noon, 7, format,
        format == "nft" ? "table inet novanetbus {\n}\n" : null,
        format == "dnsmasq" ? [new RenderedFile("/var/lib/novanet/a.conf", "port=53\n")] : null,
        format == "json" ? JsonSerializer.SerializeToElement(new { links = new[] { "br100" } }) : null);

    public static WorldState World() => new(Noon, 7, [Network()], [Fixed()], [Floating()], [Instance()]);

    /// <summary>What a scheduler may answer to a command.</summary>
    public static object? AnswerTo(string command) => command switch
    {
        "network delete" => null,
        "network create" or "network list" or "project scrub" => new[] { Network() },
        "network show" or "network modify" => Network(),
        "fixed list" => new[] { Fixed() },
        "fixed reserve" or "fixed unreserve" => Fixed(),
        "floating create" or "floating delete" => new FloatingRangeRow("203.0.113.0/28", "public", "eth0", 14),
        "floating list" => new[] { Floating() },
        "floating pools" => new[] { new FloatingPoolRow("public", 14, 3, 2, 11) },
        "floating allocate" or "floating release" or "floating associate" or "floating disassociate" => Floating(),
        "instance list" => new[] { Instance() },
        "instance show" => Instance(),
        "host list" => new[] { Host() },
        "host show" => Host(),
        "host drain" => new[] { new NetworkHostChanged(Id, "net-1", "net-2", "drain") },
        "host forget" => new[] { new InstanceNetworkReleased(Id, "compute-9", ["10.200.100.3", "10.200.100.4"]) },
        "host render" => Rendering(),
        "project show" or "project quota" => new ProjectRow("demo", new ProjectCounts(-1, 10), new ProjectCounts(2, 1), ["private"]),
        "vpn list" or "vpn change" => new[] { new VpnRow("demo", Id, "vlan_0", "203.0.113.5", 1005, "10.200.100.2", Id, "net-1") },
        "events list" => new[] { Event() },
        "address history" => new[] { Holder() },
        "address owner" => Holder(),
        "state show" => World(),
        "errors list" or "errors retry" or "errors discard" => new[] { Error() },
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "no command"),
    };

    private static ErrorRow Error() => new(
        "5b0f3c9a71de", "network.compute-1_error", "novanet.instance-spawning", "m-1", Id, "compute-1", Noon, "invalid-message", "hostname is\nmissing", "compute");

    private static Vif Nic() => new(
        Id, "tap6f1e0c7e-2f", "fa:16:3e:00:00:01", Id, "private", "br100", null, 1500, "10.200.100.3", 24, "10.200.100.255", "10.200.100.1",
        "10.200.100.1", ["8.8.4.4"], [], false);
}

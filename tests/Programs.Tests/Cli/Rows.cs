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

    public static HostRow Host() => new("compute-1", true, Noon, "worker", 3, ["private"], "0.1.0", 0);

    public static InstanceRow Instance() => new(
        Id, "configured", "demo", "compute-1", "vm-1", 1, Noon, null, null,
        new HostNetworkConfigured(Id, "demo", "compute-1", "compute-1", 1, [Nic()], Noon));

    private static Vif Nic() => new(
        Id, "tap6f1e0c7e-2f", "fa:16:3e:00:00:01", Id, "private", "br100", null, 1500, "10.200.100.3", 24, "10.200.100.255", "10.200.100.1",
        "10.200.100.1", ["8.8.4.4"], [], false);
}

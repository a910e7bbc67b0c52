using System.CommandLine;
using NovaNetBus.Cli.Output;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>address</c>: who held an address, as the log knows it.</summary>
internal static class AddressCommands
{
    private static readonly Column<AddressHolderRow>[] Columns =
    [
        new("FROM", row => Printable.Of(row.From)),
        new("UNTIL", row => Printable.Of(row.Until), Rank: 1),
        new("STATE", row => Printable.Of(row.State)),
        new("PROJECT", row => Printable.Of(row.ProjectId), Rank: 4),
        new("HOST", row => Printable.Of(row.Host), Rank: 3),
        new("INSTANCE", row => Printable.Of(row.InstanceId?.ToString()), Rank: 2),
        new("HOSTNAME", row => Printable.Of(row.Hostname), Rank: 5),
        new("FIXED IP", row => Printable.Of(row.FixedIp), Rank: 6),
        new("MAC ADDRESS", row => Printable.Of(row.MacAddress), Rank: 7),
        new("IN", InWhat, Rank: 8),
    ];

    /// <summary>history and owner.</summary>
    public static Command Group(Conversation conversation) => new("address", "Tell who held an address, and when")
    {
        new AdminCommand(
            "address history", "List who has held an address, oldest first", conversation,
            Result.Table(json => json.AddressHolderRowArray, Columns, "Nobody has ever held it."), "novanet address history 10.0.0.9")
        {
            Arguments.Word("IP", "A fixed or floating address"),
        },
        new AdminCommand(
            "address owner", "Tell who held an address at a time", conversation, Result.Lines(json => json.AddressHolderRowArray, Lines),
            "novanet address owner 10.0.0.9 --at 2026-11-23T12:00:00Z", "novanet address owner 203.0.113.7 --at 10m")
        {
            Arguments.Word("IP", "A fixed or floating address"),
            Arguments.Time("--at", "When; when left out, now", conversation.Surroundings.Clock),
        },
    };

    private static List<(string Name, string Value)> Lines(AddressHolderRow row) =>
    [
        ("address", Printable.Of(row.Address)),
        ("state", Printable.Of(row.State)),
        ("instance", Printable.Of(row.InstanceId?.ToString())),
        ("project", Printable.Of(row.ProjectId)),
        ("host", Printable.Of(row.Host)),
        ("hostname", Printable.Of(row.Hostname)),
        ("mac address", Printable.Of(row.MacAddress)),
        ("fixed ip", Printable.Of(row.FixedIp)),
        ("in", InWhat(row)),
        ("from", Printable.Of(row.From)),
        ("until", Printable.Of(row.Until)),
    ];

    private static string InWhat(AddressHolderRow row) => row.NetworkId is { } network ? $"network {network}" : row.Pool is null ? "-" : Printable.Of("pool " + row.Pool);
}

using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>host</c>: the hosts' workers, and what was on a host.</summary>
internal static class HostCommands
{
    private static readonly Column<HostRow>[] Columns =
    [
        new("HOST", row => Printable.Of(row.Host)),
        new("ALIVE", row => row.Alive ? "yes" : "no"),
        new("LAST SEEN", row => Printable.Of(row.LastSeen), Rank: 2),
        new("ROLE", row => Printable.Of(row.Role), Rank: 4),
        new("PORTS", row => Printable.Of(row.Ports), Rank: 1),
        new("DRIFT", row => Printable.Of(row.Drift), Rank: 1),
        new("NETWORKS", row => Printable.Of(string.Join(", ", row.Networks)), Rank: 3),
        new("VERSION", row => Printable.Of(row.Version), Rank: 6),
        new("REASON", row => Printable.Of(row.Reason), Rank: 5),
    ];

    private static readonly Column<NetworkHostChanged>[] MovedColumns =
    [
        new("NETWORK", row => row.NetworkId.ToString()),
        new("FROM", row => Printable.Of(row.From), Rank: 1),
        new("TO", row => Printable.Of(row.To)),
        new("REASON", row => Printable.Of(row.Reason), Rank: 2),
    ];

    private static readonly Column<InstanceNetworkReleased>[] ReleasedColumns =
    [
        new("INSTANCE", row => row.InstanceId.ToString()),
        new("ADDRESSES", row => Printable.Of(string.Join(", ", row.Addresses)), Rank: 1),
    ];

    /// <summary>list, show, drain, forget and render.</summary>
    public static Command Group(Conversation conversation) => new("host", "List and show hosts, take them out of service, render what was on them")
    {
        new AdminCommand(
            "host list", "List the hosts whose workers have reported", conversation, Result.Table(json => json.HostRowArray, Columns, "No hosts."),
            "novanet host list", "novanet host list --output json"),
        new AdminCommand(
            "host show", "Show one host with all its fields", conversation, Result.Lines(json => json.HostRowArray, Lines), "novanet host show compute-1")
        {
            Host(),
        },
        new AdminCommand(
            "host drain", "Move the networks that a host serves to others, without loss", conversation,
            Result.Table(json => json.NetworkHostChangedArray, MovedColumns, "It served no network that could be moved."), "novanet host drain net-1")
        {
            Host(),
        },
        new AdminCommand(
            "host forget", "Free what a host holds that is gone for good", conversation,
            Result.Table(json => json.InstanceNetworkReleasedArray, ReleasedColumns, "It held nothing."), "novanet host forget compute-9")
        {
            Host(),
        },
        Render(conversation),
    };

    private static AdminCommand Render(Conversation conversation) => new(
        "host render", "Print the rules and files that a host has, or had at a time", conversation, WriteRendering,
        "novanet host render compute-1 --at 2026-11-23T12:00:00Z", "novanet host render compute-1 --at 10m --format dnsmasq")
    {
        Host(),
        Arguments.Time("--at", "When; when left out, now", conversation.Surroundings.Clock),
        Arguments.Choice("--format", "A rule set that nft -f loads, the files of every dnsmasq, or all resources", "nft", "nft", "dnsmasq", "json"),
    };

    private static Argument<string> Host() => Arguments.Word("HOST", "Name of the host");

    private static void WriteRendering(Streams streams, JsonElement result)
    {
        var rendering = result.Deserialize(AdminJson.Default.HostRendering)!;
        if (rendering.State is { } state)
        {
            JsonDocumentOutput.Write(streams, state);
        }

        // As it is: this is for a file or a program, and what is in it was checked before it went to a host.
        streams.Out.Write(rendering.Nft);
        foreach (var file in rendering.Dnsmasq ?? [])
        {
            streams.Out.WriteLine("# " + Printable.Of(file.Path));
            streams.Out.Write(file.Content);
        }
    }

    private static List<(string Name, string Value)> Lines(HostRow row) =>
    [
        ("host", Printable.Of(row.Host)),
        ("alive", row.Alive ? "yes" : "no"),
        ("last seen", Printable.Of(row.LastSeen)),
        ("role", Printable.Of(row.Role)),
        ("networks", Printable.Of(string.Join(", ", row.Networks))),
        ("reason", Printable.Of(row.Reason)),
        ("ports", Printable.Of(row.Ports)),
        ("drift", Printable.Of(row.Drift)),
        ("version", Printable.Of(row.Version)),
    ];
}

using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>vpn</c>: the way from outside to a project's VPN instance.</summary>
internal static class VpnCommands
{
    private static readonly Column<VpnRow>[] Columns =
    [
        new("PROJECT", row => Printable.Of(row.ProjectId)),
        new("NETWORK", row => Printable.Of(row.Label), Rank: 3),
        new("PUBLIC", row => Printable.Of(row.VpnPublicAddress is null ? null : $"{row.VpnPublicAddress}:{row.VpnPublicPort}")),
        new("PRIVATE", row => Printable.Of(row.VpnPrivateAddress), Rank: 1),
        new("INSTANCE", row => Printable.Of(row.InstanceId?.ToString()), Rank: 4),
        new("HOST", row => Printable.Of(row.Host), Rank: 2),
    ];

    private static Action<Streams, JsonElement> Rows => Result.Table(json => json.VpnRowArray, Columns, "No project has a VPN.");

    /// <summary>list and change.</summary>
    public static Command Group(Conversation conversation) => new("vpn", "List and change where projects' VPN instances are reached")
    {
        new AdminCommand("vpn list", "List the projects' VPN endpoints", conversation, Rows, "novanet vpn list"),
        new AdminCommand(
            "vpn change", "Change a project's VPN endpoint on all its networks", conversation, Rows, "novanet vpn change --project demo --ip 203.0.113.5 --port 1005")
        {
            Arguments.Required("--project", "PROJECT", "Whose it is"),
            Arguments.Required("--ip", "IP", "Public address"),
            RequiredPort(),
        },
    };

    private static Option<string> RequiredPort()
    {
        var port = Arguments.Number("--port", "PORT", "Public UDP port", 1, 65535);
        port.Required = true;
        return port;
    }
}

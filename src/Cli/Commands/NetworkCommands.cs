using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>network</c>; option names are nova-manage's.</summary>
internal static class NetworkCommands
{
    /// <summary>Of networks, wherever they are listed.</summary>
    public static readonly Column<NetworkRow>[] Columns =
    [
        new("ID", row => row.Id.ToString(), Rank: 4),
        new("LABEL", row => Printable.Of(row.Label)),
        new("CIDR", row => Printable.Of(row.Cidr)),
        new("GATEWAY", row => Printable.Of(row.Gateway), Rank: 6),
        new("DHCP START", row => Printable.Of(row.DhcpStart), Rank: 7),
        new("VLAN", row => Printable.Of(row.Vlan), Rank: 3),
        new("BRIDGE", row => Printable.Of(row.Bridge), Rank: 2),
        new("PROJECT", row => Printable.Of(row.ProjectId), Rank: 2),
        new("HOST", Host, Rank: 3),
        new("FREE", row => $"{row.Addresses.Free}/{row.Addresses.Total}", Rank: 1),
    ];

    private static Action<Streams, JsonElement> Rows => Result.Table(json => json.NetworkRowArray, Columns, "No networks.");

    /// <summary>create, list, show, modify and delete.</summary>
    public static Command Group(Conversation conversation) => new("network", "Create, list, show, modify and delete networks")
    {
        Create(conversation),
        new AdminCommand("network list", "List the networks", conversation, Rows, "novanet network list", "novanet network list --output json"),
        new AdminCommand(
            "network show", "Show one network with all its fields", conversation, Result.Lines(json => json.NetworkRowArray, Lines),
            "novanet network show private", "novanet network show 10.0.0.0/24 --output json")
        {
            Network(),
        },
        Modify(conversation),
        new AdminCommand(
            "network delete", "Delete a network that no instance uses", conversation, Result.Sentence("Deleted."),
            "novanet network delete private", "novanet network delete 10.0.0.0/24")
        {
            Network(),
        },
    };

    private static AdminCommand Create(Conversation conversation)
    {
        var create = new AdminCommand(
            "network create", "Cut a range into networks: all of them are made, or none", conversation, Rows,
            "novanet network create private --fixed-range-v4 10.0.0.0/24 --bridge br100 --multi-host true",
            "novanet network create vlan --fixed-range-v4 10.1.0.0/16 --num-networks 8 --network-size 256 --vlan-start 100 --bridge-interface eth1",
            "novanet network create --label=private --fixed_range_v4=10.0.0.0/24 --num_networks=1 --network_size=256 --multi_host=T")
        {
            Arguments.Word("LABEL", "Label of the networks; several get _0, _1 and so on"),
        };
        foreach (var option in NetworkOptions.All())
        {
            create.Add(option);
        }

        return create;
    }

    private static AdminCommand Modify(Conversation conversation)
    {
        var (project, disassociateProject) = (Arguments.Text("--project", "PROJECT", "Give it to this project"), Arguments.Flag("--disassociate-project", "Take it from its project"));
        var (host, disassociateHost) = (Arguments.Text("--host", "HOST", "Let this host serve it"), Arguments.Flag("--disassociate-host", "Let no host serve it, until one is chosen again"));
        var modify = new AdminCommand(
            "network modify", "Give a network to a project or a host, or take it away", conversation, Rows,
            "novanet network modify private --project demo", "novanet network modify 10.0.0.0/24 --disassociate-project --host net-1")
        {
            Network(), project, disassociateProject, host, disassociateHost,
        };
        modify.Validators.Add(given =>
        {
            if (given.Children.OfType<OptionResult>().All(option => option.Implicit))
            {
                given.AddError("Say what to change: --project, --disassociate-project, --host or --disassociate-host");
            }

            if ((given.GetValue(project) is not null && given.GetValue(disassociateProject)) || (given.GetValue(host) is not null && given.GetValue(disassociateHost)))
            {
                given.AddError("Give a network to one and take it away in two commands");
            }
        });
        return modify;
    }

    private static Argument<string> Network() => Arguments.Word("NETWORK", "Id, label or CIDR of the network");

    private static List<(string Name, string Value)> Lines(NetworkRow row) =>
    [
        ("id", row.Id.ToString()),
        ("label", Printable.Of(row.Label)),
        ("cidr", Printable.Of(row.Cidr)),
        ("gateway", Printable.Of(row.Gateway)),
        ("dhcp server", Printable.Of(row.DhcpServer)),
        ("dhcp start", Printable.Of(row.DhcpStart)),
        ("vlan", Printable.Of(row.Vlan)),
        ("bridge", Printable.Of(row.Bridge)),
        ("bridge interface", Printable.Of(row.BridgeInterface)),
        ("project", Printable.Of(row.ProjectId)),
        ("host", Host(row)),
        ("mtu", Printable.Of(row.Mtu)),
        ("dns", Printable.Of(string.Join(", ", row.Dns))),
        ("vpn", row.VpnPrivateAddress is null ? "-" : Printable.Of($"{row.VpnPrivateAddress}, public port {row.VpnPublicPort}")),
        ("cidr v6", Printable.Of(row.CidrV6)),
        ("addresses", $"{row.Addresses.Total}: {row.Addresses.Free} free, {row.Addresses.Allocated} allocated, {row.Addresses.Reserved} reserved"),
    ];

    private static string Host(NetworkRow row) => row.MultiHost ? "(each)" : Printable.Of(row.Host);
}

using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>network</c>; option names are nova-manage's.</summary>
internal static class NetworkCommands
{
    private const string Which = "Id, label or CIDR of the network";

    private static readonly Column<NetworkRow>[] Columns =
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

    /// <summary>create, list, show and delete.</summary>
    public static Command Group(Conversation conversation) => new("network", "Create, list, show and delete networks")
    {
        Create(conversation),
        List(conversation),
        Show(conversation),
        Delete(conversation),
    };

    private static AdminCommand Create(Conversation conversation)
    {
        var label = new Argument<string>("LABEL") { Description = "Label of the networks", Arity = ArgumentArity.ZeroOrOne };
        var labelOption = Arguments.Text("--label", "LABEL", "The same, as nova-manage spells it");
        var create = new AdminCommand("network create", "Cut a range into networks: all of them are made, or none", conversation, WriteList)
        {
            Examples =
            [
                "novanet network create private --fixed-range-v4 10.0.0.0/24 --bridge br100 --multi-host true",
                "novanet network create vlan --fixed-range-v4 10.1.0.0/16 --num-networks 8 --network-size 256 --vlan-start 100 --bridge-interface eth1",
                "novanet network create --label=private --fixed_range_v4=10.0.0.0/24 --num_networks=1 --network_size=256 --multi_host=T",
            ],
        };
        create.Add(label);
        create.Add(labelOption);
        foreach (var option in NetworkOptions.All())
        {
            create.Add(option);
        }

        create.Validators.Add(given =>
        {
            if (given.GetResult(label) is { Tokens.Count: > 0 } == given.GetResult(labelOption) is { Tokens.Count: > 0 })
            {
                given.AddError("Give the networks' label once: novanet network create LABEL --fixed-range-v4 CIDR");
            }
        });
        return create;
    }

    private static AdminCommand List(Conversation conversation) =>
        new("network list", "List the networks", conversation, WriteList)
        {
            Examples = ["novanet network list", "novanet network list --output json"],
        };

    private static AdminCommand Show(Conversation conversation)
    {
        var show = new AdminCommand("network show", "Show one network with all its fields", conversation, WriteDetails)
        {
            Examples = ["novanet network show private", "novanet network show 10.0.0.0/24 --output json"],
        };
        show.Add(Arguments.Word("NETWORK", Which));
        return show;
    }

    private static AdminCommand Delete(Conversation conversation)
    {
        var delete = new AdminCommand("network delete", "Delete a network that no instance uses", conversation, WriteDeleted)
        {
            Examples = ["novanet network delete private", "novanet network delete 10.0.0.0/24"],
        };
        delete.Add(Arguments.Word("NETWORK", Which));
        return delete;
    }

    private static void WriteList(Streams streams, JsonElement result) =>
        Table.Write(streams, Result.Rows(result, AdminJson.Default.NetworkRowArray), Columns, "No networks.");

    private static void WriteDeleted(Streams streams, JsonElement result) => streams.Out.WriteLine("Deleted.");

    private static void WriteDetails(Streams streams, JsonElement result)
    {
        foreach (var row in Result.Rows(result, AdminJson.Default.NetworkRowArray))
        {
            Details.Write(streams, Lines(row));
        }
    }

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

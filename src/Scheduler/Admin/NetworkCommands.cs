using System.Net;
using System.Net.Sockets;
using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;
using NovaNetBus.Scheduler.NetworkHosts;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>What changes networks: from nova-manage's options to the ledger's commands.</summary>
internal sealed class NetworkCommands(NetworkLedger ledger, Election election, Listings listings, NovaNetOptions options, TimeProvider clock)
{
    /// <summary>Bytes, of Ethernet.</summary>
    private const int DefaultMtu = 1500;

    private static readonly HashSet<string> Known =
    [
        "label", "fixed-range-v4", "num-networks", "network-size", "bridge", "bridge-interface", "vlan", "vlan-start", "vpn-start", "gateway", "dhcp-server", "dns1", "dns2",
        "fixed-cidr", "allowed-start", "allowed-end", "multi-host", "share-address", "enable-dhcp", "mtu", "project", "uuid", "fixed-range-v6", "gateway-v6", "priority",
    ];

    /// <summary>A line for each option that is right in itself, but that this scheduler cannot serve.</summary>
    public static IEnumerable<string> Faults(NovaNetOptions options)
    {
        if (options.FixedRange.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            yield return $"fixed_range: {options.FixedRange} is not an IPv4 range";
        }

        if (options.VpnIp is { AddressFamily: not AddressFamily.InterNetwork })
        {
            yield return $"vpn_ip: {options.VpnIp} is not an IPv4 address";
        }
    }

    /// <summary>The networks made, as rows.</summary>
    public async Task<object?> CreateAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var created = await ledger.CreateAsync(CommandOf(arguments), OriginOf(delivery), cancellation);
        if (created is Decision<Network>.Accepted)
        {
            await election.PlaceAsync(cancellation);
        }

        return await RowsOfAsync(created, cancellation);
    }

    /// <summary>The network as it is afterwards.</summary>
    public async Task<object?> ModifyAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var command = new ModifyNetwork(
            arguments.Text("project"), arguments.Truth("disassociate-project") ?? false, arguments.Text("host"), arguments.Truth("disassociate-host") ?? false,
            clock.GetUtcNow());
        var modified = await ledger.ModifyAsync(arguments.Required("network"), command, OriginOf(delivery), cancellation);
        if (command.Host is { } host && modified is Decision<Network>.Accepted accepted)
        {
            await election.TellAsync(accepted.Events.Select(network => new NetworkMove(network.Id, null, host, "", MoveKind.HandOver)), cancellation);
        }

        var rows = await RowsOfAsync(modified, cancellation);
        return rows.Single();
    }

    /// <summary>The networks that were the project's own.</summary>
    public async Task<object?> ScrubAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation) =>
        await RowsOfAsync(await ledger.ScrubAsync(arguments.Required("project"), clock.GetUtcNow(), OriginOf(delivery), cancellation), cancellation);

    /// <summary>Of each project's VLANs: where its VPN instance is reached.</summary>
    public async Task<object?> VpnsAsync(CancellationToken cancellation) =>
        (await listings.AllAsync(cancellation)).Where(network => network is { ProjectId: not null, Vlan: not null }).Select(Rows.VpnOf).ToArray();

    /// <summary>The project's rows as they are afterwards.</summary>
    public async Task<object?> ChangeVpnAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        arguments.Required("port");
        var decision = await ledger.ChangeVpnAsync(
            arguments.Required("project"), arguments.Required("ip"), arguments.Number("port")!.Value, clock.GetUtcNow(), OriginOf(delivery), cancellation);
        return Accepted(decision).Select(Rows.VpnOf).ToArray();
    }

    /// <summary>Nothing to tell but that it is done.</summary>
    public async Task<object?> DeleteAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        Accepted(await ledger.DeleteAsync(arguments.Required("network"), clock.GetUtcNow(), OriginOf(delivery), cancellation));
        return null;
    }

    internal CreateNetworks CommandOf(AdminArguments arguments)
    {
        if (arguments.Names.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
        {
            throw new RefusedException(ErrorCodes.InvalidRequest, $"network create has no option {unknown}.");
        }

        var count = arguments.Number("num-networks") ?? options.NumNetworks;
        var id = arguments.Id("uuid");
        if (id is not null && count != 1)
        {
            throw new RefusedException(ErrorCodes.InvalidRequest, $"uuid is the id of one network, and {count} are to be made; leave one of the two out.");
        }

        var vlan = VlanOf(arguments);
        string?[] dns = [arguments.Text("dns1") ?? options.FlatNetworkDns?.ToString(), arguments.Text("dns2")];
        return new CreateNetworks
        {
            Id = id ?? arguments.Seed,
            Label = arguments.Required("label"),
            Cidr = arguments.Required("fixed-range-v4"),
            FixedRange = new Cidr(ToIpv4(options.FixedRange.BaseAddress), options.FixedRange.PrefixLength),
            Count = count,
            Size = arguments.Number("network-size"),
            DefaultSize = options.NetworkSize,
            CidrV6 = arguments.Text("fixed-range-v6"),
            Gateway = arguments.Text("gateway"),
            GatewayV6 = arguments.Text("gateway-v6"),
            DhcpServer = arguments.Text("dhcp-server"),
            FixedCidr = arguments.Text("fixed-cidr"),
            AllowedStart = arguments.Text("allowed-start"),
            AllowedEnd = arguments.Text("allowed-end"),
            Bridge = arguments.Text("bridge") ?? options.FlatNetworkBridge,
            BridgeInterface = arguments.Text("bridge-interface") ?? (vlan is null ? null : options.VlanInterface),
            Vlan = vlan,
            Dns = dns.OfType<string>().ToValueList(),
            ProjectId = arguments.Text("project"),
            MultiHost = arguments.Truth("multi-host") ?? options.MultiHost,
            ShareAddress = arguments.Truth("share-address") ?? options.ShareDhcpAddress,
            EnableDhcp = arguments.Truth("enable-dhcp") ?? true,
            Mtu = arguments.Number("mtu") ?? DefaultMtu,
            Priority = arguments.Number("priority"),
            Now = clock.GetUtcNow(),
        };
    }

    /// <summary>VLANs with VlanManager, and whenever one is asked for.</summary>
    private VlanWish? VlanOf(AdminArguments arguments)
    {
        var (id, start) = (arguments.Number("vlan"), arguments.Number("vlan-start"));
        return options.NetworkManager == NetworkManagerKind.VlanManager || (id ?? start) is not null
            ? new VlanWish(
                id, start ?? options.VlanStart, options.VpnIp is { } vpn ? ToIpv4(vpn) : null, arguments.Number("vpn-start") ?? options.VpnStart, options.CntVpnClients)
            : null;
    }

    private static Ipv4 ToIpv4(IPAddress address) => Ipv4.Parse(address.ToString());

    private Task<IReadOnlyList<NetworkRow>> RowsOfAsync(Decision<Network> decision, CancellationToken cancellation) =>
        listings.RowsOfAsync(Accepted(decision).Select(network => network.Id).ToHashSet(), cancellation);

    private static ValueList<Network> Accepted(Decision<Network> decision) => decision switch
    {
        Decision<Network>.Accepted accepted => accepted.Events,
        Decision<Network>.Refused refused => throw new RefusedException(refused.Refusal.Code, refused.Refusal.Message),
        _ => throw new InvalidOperationException($"{decision.GetType().Name} is not known"),
    };

    private Origin OriginOf(Delivery delivery) => new(delivery.MessageId, delivery.CorrelationId ?? Guid.NewGuid().ToString(), options.Host, delivery.UserId);
}

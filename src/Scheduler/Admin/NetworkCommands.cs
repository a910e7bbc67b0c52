using System.Net.Sockets;
using System.Numerics;
using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>network create and network delete: from nova-manage's options to the ledger's commands.</summary>
internal sealed class NetworkCommands(NetworkLedger ledger, Listings listings, NovaNetOptions options, TimeProvider clock)
{
    /// <summary>Bytes, of Ethernet.</summary>
    private const int DefaultMtu = 1500;

    private static readonly HashSet<string> Served =
    [
        "label", "fixed-range-v4", "num-networks", "network-size", "bridge", "bridge-interface", "gateway", "dhcp-server", "dns1", "dns2", "multi-host",
        "share-address", "enable-dhcp", "project", "mtu", "uuid",
    ];

    /// <summary>A line for each option that is right in itself, but that this scheduler cannot serve.</summary>
    public static IEnumerable<string> Faults(NovaNetOptions options)
    {
        if (options.NetworkManager != NetworkManagerKind.FlatDHCPManager)
        {
            yield return $"network_manager: {options.NetworkManager} is not served by this version; use FlatDHCPManager";
        }

        if (options.FixedRange.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            yield return $"fixed_range: {options.FixedRange} is not an IPv4 range";
        }
    }

    /// <summary>The networks made, as rows.</summary>
    public async Task<object?> CreateAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var command = CommandOf(arguments);
        var network = Accepted(await ledger.CreateAsync(command, OriginOf(delivery), cancellation));
        return new[] { await listings.RowOfAsync(network.Id.ToString(), cancellation) };
    }

    /// <summary>Nothing to tell but that it is done.</summary>
    public async Task<object?> DeleteAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        Accepted(await ledger.DeleteAsync(arguments.Required("network"), clock.GetUtcNow(), OriginOf(delivery), cancellation));
        return null;
    }

    internal CreateNetwork CommandOf(AdminArguments arguments)
    {
        if (arguments.Names.FirstOrDefault(name => !Served.Contains(name)) is { } unserved)
        {
            throw new RefusedException(ErrorCodes.NotSupported, $"--{unserved} is not served by this version; leave it out.");
        }

        if ((arguments.Number("num-networks") ?? options.NumNetworks) != 1)
        {
            throw new RefusedException(ErrorCodes.NotSupported, "This version makes one network at a time; leave --num-networks out and call once for each.");
        }

        string?[] dns = [arguments.Text("dns1") ?? options.FlatNetworkDns?.ToString(), arguments.Text("dns2")];
        return new CreateNetwork(
            arguments.Id("uuid") ?? Guid.NewGuid(),
            arguments.Required("label"),
            RangeOf(arguments.Required("fixed-range-v4"), arguments.Number("network-size")),
            new Cidr(Ipv4.Parse(options.FixedRange.BaseAddress.ToString()), options.FixedRange.PrefixLength),
            arguments.Text("bridge") ?? options.FlatNetworkBridge,
            arguments.Text("bridge-interface"),
            arguments.Text("gateway"),
            arguments.Text("dhcp-server"),
            dns.OfType<string>().ToValueList(),
            arguments.Text("project"),
            arguments.Truth("multi-host") ?? options.MultiHost,
            arguments.Truth("share-address") ?? options.ShareDhcpAddress,
            arguments.Truth("enable-dhcp") ?? true,
            arguments.Number("mtu") ?? DefaultMtu,
            clock.GetUtcNow());
    }

    /// <summary>
    /// The first subnet of the range, as nova cut it: network_size rounded up to a power of two; without one the whole range, but no more than the option network_size.
    /// A range that is none is left to the decision to refuse.
    /// </summary>
    private string RangeOf(string range, int? size)
    {
        if (!Cidr.TryParse(range, out var cidr))
        {
            return range;
        }

        var wanted = (long)BitOperations.RoundUpToPowerOf2((uint)(size ?? Math.Min(cidr.Size, options.NetworkSize)));
        if (wanted > cidr.Size)
        {
            throw new RefusedException(ErrorCodes.InvalidCidr, $"{cidr} has {cidr.Size} addresses, fewer than the network size {wanted}.");
        }

        return new Cidr(cidr.Network, 32 - BitOperations.Log2((ulong)wanted)).ToString();
    }

    private static Network Accepted(Decision<Network> decision) => decision switch
    {
        Decision<Network>.Accepted accepted => accepted.Events.Single(),
        Decision<Network>.Refused refused => throw new RefusedException(refused.Refusal.Code, refused.Refusal.Message),
        _ => throw new InvalidOperationException($"{decision.GetType().Name} is not known"),
    };

    private Origin OriginOf(Delivery delivery) => new(delivery.MessageId, delivery.CorrelationId ?? Guid.NewGuid().ToString(), options.Host, delivery.UserId);
}

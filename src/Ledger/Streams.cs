using System.Globalization;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger;

/// <summary>The names of the log's streams.</summary>
internal static class Streams
{
    private const string Networks = "network-", Blocks = "pool-", Instances = "instance-", Hosts = "host-";
    private const int LengthOfId = 36;

    public static string OfNetwork(Guid networkId) => $"{Networks}{networkId}";

    public static string OfBlock(BlockKey block) => string.Create(CultureInfo.InvariantCulture, $"{Blocks}{block.NetworkId}-{block.Index}");

    public static string OfInstance(Guid instanceId) => $"{Instances}{instanceId}";

    public static string OfHost(string host) => Hosts + host;

    /// <summary>The network of a stream that <see cref="OfNetwork"/> named.</summary>
    public static Guid NetworkOf(string stream) => Guid.Parse(stream.AsSpan(Networks.Length));

    /// <summary>The instance of a stream that <see cref="OfInstance"/> named.</summary>
    public static Guid InstanceOf(string stream) => Guid.Parse(stream.AsSpan(Instances.Length));

    /// <summary>The host of a stream that <see cref="OfHost"/> named.</summary>
    public static string HostOf(string stream) => stream[Hosts.Length..];

    /// <summary>The block of a stream that <see cref="OfBlock"/> named.</summary>
    public static BlockKey BlockOf(string stream) => new(
        Guid.Parse(stream.AsSpan(Blocks.Length, LengthOfId)),
        int.Parse(stream.AsSpan(Blocks.Length + LengthOfId + 1), NumberStyles.None, CultureInfo.InvariantCulture));
}

using System.Globalization;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger;

/// <summary>The names of the log's streams.</summary>
internal static class Streams
{
    private const string Networks = "network-", Blocks = "pool-", Instances = "instance-", Hosts = "host-", Floatings = "floating-", Projects = "project-";
    private const int LengthOfId = 36;

    /// <summary>Of the log itself.</summary>
    public const string OfLog = "log";

    public static string OfNetwork(Guid networkId) => $"{Networks}{networkId}";

    public static string OfBlock(BlockKey block) => string.Create(CultureInfo.InvariantCulture, $"{Blocks}{block.NetworkId}-{block.Index}");

    public static string OfInstance(Guid instanceId) => $"{Instances}{instanceId}";

    /// <summary>Of a request that was refused, or of what an operator did to failed messages.</summary>
    public static string OfRequest(Guid id) => $"request-{id}";

    public static string OfHost(string host) => Hosts + host;

    public static string OfFloatings(FloatingKey block) => $"{Floatings}{block.Pool}-{block.First}";

    public static string OfProject(string projectId) => Projects + projectId;

    /// <summary>The network of a stream that <see cref="OfNetwork"/> named.</summary>
    public static Guid NetworkOf(string stream) => Guid.Parse(stream.AsSpan(Networks.Length));

    /// <summary>The instance of a stream that <see cref="OfInstance"/> named.</summary>
    public static Guid InstanceOf(string stream) => Guid.Parse(stream.AsSpan(Instances.Length));

    /// <summary>The host of a stream that <see cref="OfHost"/> named.</summary>
    public static string HostOf(string stream) => stream[Hosts.Length..];

    /// <summary>The project of a stream that <see cref="OfProject"/> named.</summary>
    public static string ProjectOf(string stream) => stream[Projects.Length..];

    /// <summary>The block of a stream that <see cref="OfBlock"/> named.</summary>
    public static BlockKey BlockOf(string stream) => new(
        Guid.Parse(stream.AsSpan(Blocks.Length, LengthOfId)),
        int.Parse(stream.AsSpan(Blocks.Length + LengthOfId + 1), NumberStyles.None, CultureInfo.InvariantCulture));

    /// <summary>The block of a stream that <see cref="OfFloatings"/> named. A pool's name may have a dash in it, an address has none.</summary>
    public static FloatingKey FloatingsOf(string stream)
    {
        var dash = stream.LastIndexOf('-');
        return new FloatingKey(stream[Floatings.Length..dash], Ipv4.Parse(stream[(dash + 1)..]));
    }
}

using System.Text.Json;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger.Log;

/// <summary>A log in memory, event by event as the store would write it: for workloads that are imported as a whole.</summary>
/// <param name="program">Named as the writer.</param>
public sealed class StoredEvents(string program)
{
    private readonly Dictionary<string, long> versions = [];

    /// <summary>The last sequence given out.</summary>
    public long Sequence { get; private set; }

    /// <summary>The next event of a block.</summary>
    public LoggedEvent Next(BlockKey block, FixedIpEvent change, Origin origin, DateTimeOffset at) => Next(Streams.OfBlock(block), change, origin, at);

    /// <summary>The next event of an instance.</summary>
    public LoggedEvent Next(Guid instanceId, InstanceEvent change, Origin origin, DateTimeOffset at) => Next(Streams.OfInstance(instanceId), change, origin, at);

    /// <summary>The next event of a network.</summary>
    public LoggedEvent Next(NetworkEvent change, Origin origin, DateTimeOffset at) => Next(Streams.OfNetwork(change.NetworkId), change, origin, at);

    /// <summary>The next event of a host.</summary>
    public LoggedEvent Next(HostEvent change, Origin origin, DateTimeOffset at) => Next(Streams.OfHost(change.Host), change, origin, at);

    private LoggedEvent Next(string stream, object change, Origin origin, DateTimeOffset at) => new(
        ++Sequence, stream, versions[stream] = versions.GetValueOrDefault(stream) + 1, EventNames.All[change.GetType()], at, origin.Host, program,
        origin.MessageId, origin.CorrelationId, origin.Requester, JsonSerializer.Serialize(change, change.GetType(), EventCodec.Options),
        origin.Actions.Count == 0 ? null : JsonSerializer.Serialize(origin.Actions));
}

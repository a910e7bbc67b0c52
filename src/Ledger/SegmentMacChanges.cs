using Marten;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>Gathers the NICs that come and go by the events of a commit, each as the last one leaves it.</summary>
internal sealed class SegmentMacChanges
{
    private readonly HashSet<SegmentMac> gone = [], come = [];

    /// <summary>Those that there are in the end; of all events from the beginning, all that there are.</summary>
    public IReadOnlyCollection<SegmentMac> Come => come;

    /// <summary>One change of one instance. A network that is gone has no segment any more.</summary>
    /// <param name="networkOf">The network of an id; null: not known.</param>
    public void Add(InstanceNetwork? before, InstanceNetwork after, Func<Guid, Network?> networkOf)
    {
        var (had, has) = (Of(before, networkOf), Of(after, networkOf));
        foreach (var mac in had.Except(has).Where(mac => !come.Remove(mac)))
        {
            gone.Add(mac);
        }

        // What goes and comes again is taken out and put in: if another commit has it by then, this one loses.
        come.UnionWith(has.Except(had));
    }

    public void WriteTo(IDocumentOperations operations) => SegmentMacs.Write(operations, gone, come);

    public static IReadOnlyCollection<SegmentMac> Of(InstanceNetwork? state, Func<Guid, Network?> networkOf) => state is null ? [] :
        [.. state.Nics.Select(nic => networkOf(nic.NetworkId) is { } network ? new SegmentMac(network.Segment, nic.Mac) : (SegmentMac?)null).OfType<SegmentMac>()];
}

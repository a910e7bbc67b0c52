using JasperFx.Events;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger.Log;

/// <summary>From when to when an instance had to do with a host, or was on its way to it.</summary>
/// <param name="Stream">The instance's.</param>
/// <param name="Until">The first moment at which it had not; <see cref="Forever"/>: it has now.</param>
internal sealed record PresenceSpan(string Stream, string Host, DateTimeOffset Since, DateTimeOffset Until)
{
    /// <summary>A time that PostgreSQL and .NET both have.</summary>
    public static readonly DateTimeOffset Forever = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);
}

/// <summary>One instance's spans, by its own events alone, in order.</summary>
internal sealed class PresenceFold(string stream)
{
    private readonly List<PresenceSpan> closed = [];
    private readonly SortedDictionary<string, DateTimeOffset> open = new(StringComparer.Ordinal);
    private InstanceNetwork? state;

    /// <summary>As of the events given so far.</summary>
    public IEnumerable<PresenceSpan> Spans => closed.Concat(open.Select(pair => new PresenceSpan(stream, pair.Key, pair.Value, PresenceSpan.Forever)));

    public PresenceFold Apply(IEvent change)
    {
        state = InstanceNetwork.Evolve(state, (InstanceEvent)change.Data);
        IReadOnlyCollection<string> hosts = state is { Status: InstanceStatus.Away, Host: { } next } ? [next] : state.ConcernedHosts();
        foreach (var left in open.Keys.Except(hosts).ToList())
        {
            if (open[left] < change.Timestamp)
            {
                closed.Add(new PresenceSpan(stream, left, open[left], change.Timestamp));
            }

            open.Remove(left);
        }

        foreach (var host in hosts)
        {
            open.TryAdd(host, change.Timestamp);
        }

        return this;
    }
}

using JasperFx.Events;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger.Log;

/// <summary>From when to when an instance had to do with a host.</summary>
/// <param name="Stream">The instance's.</param>
/// <param name="Until">The first moment at which it had not; <see cref="Forever"/>: it has now.</param>
internal sealed record PresenceSpan(string Stream, string Host, DateTimeOffset Since, DateTimeOffset Until)
{
    /// <summary>A time that PostgreSQL and .NET both have.</summary>
    public static readonly DateTimeOffset Forever = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>By the instance's own events alone, all of them in order.</summary>
    public static IReadOnlyList<PresenceSpan> Of(string stream, IEnumerable<IEvent> story)
    {
        var (spans, open) = (new List<PresenceSpan>(), new SortedDictionary<string, DateTimeOffset>(StringComparer.Ordinal));
        InstanceNetwork? state = null;
        foreach (var change in story)
        {
            if (change.Data is not InstanceEvent fact)
            {
                continue;
            }

            state = InstanceNetwork.Evolve(state, fact);
            foreach (var left in open.Keys.Except(state.Hosts).ToList())
            {
                spans.Add(new PresenceSpan(stream, left, open[left], change.Timestamp));
                open.Remove(left);
            }

            foreach (var host in state.Hosts)
            {
                open.TryAdd(host, change.Timestamp);
            }
        }

        return [.. spans.Where(span => span.Until > span.Since), .. open.Select(pair => new PresenceSpan(stream, pair.Key, pair.Value, Forever))];
    }
}

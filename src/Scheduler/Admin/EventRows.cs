using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Ledger.Log;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>From what the log tells to the rows that the operator's tool shows. Pure.</summary>
internal static class EventRows
{
    public static EventRow Of(LoggedEvent logged) => new(
        logged.Sequence, logged.Stream, logged.Version, logged.Type, logged.At, logged.Host, logged.CausationId, logged.CorrelationId,
        JsonSerializer.Deserialize<JsonElement>(logged.Data), logged.User, logged.Program,
        logged.Actions is null ? null : JsonSerializer.Deserialize<string[]>(logged.Actions));

    public static AddressHolderRow Of(AddressSpan span)
    {
        var used = span.FixedIp;
        if (span.IsFloating)
        {
            var floating = span.Floating?.Floating;
            return new AddressHolderRow(
                span.Address.ToString(), "floating", span.State, null, span.Floating?.Pool, floating?.FixedIp?.ToString(), floating?.ProjectId, floating?.InstanceId, null, null,
                span.Floating?.Host, span.From, span.Until);
        }

        return new AddressHolderRow(
            span.Address.ToString(), "fixed", span.State, span.NetworkId, null, null, used?.ProjectId, used?.InstanceId, used?.Hostname, used?.Mac?.ToString(), used?.Host,
            span.From, span.Until);
    }

    /// <summary>Neighbours that tell the same are one.</summary>
    public static AddressHolderRow[] Joined(IEnumerable<AddressHolderRow> rows) => [.. rows.Aggregate(new List<AddressHolderRow>(), (joined, row) =>
    {
        if (joined.Count > 0 && joined[^1] with { From = row.From, Until = row.Until } == row)
        {
            joined[^1] = joined[^1] with { Until = row.Until };
        }
        else
        {
            joined.Add(row);
        }

        return joined;
    })];
}

using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>The events as they are stored. Every method throws on an outage.</summary>
public sealed class EventLog
{
    private const string Last = $"select coalesce(max(seq_id), 0) from {LoggedEvent.Table}";

    private readonly NpgsqlDataSource source;

    internal EventLog(NpgsqlDataSource source) => this.source = source;

    /// <summary>
    /// Without <paramref name="after"/> the last events that match, with it the first ones behind that sequence; oldest first. An event appears only when no earlier one can
    /// appear any more: asking again with the last sequence seen misses nothing.
    /// </summary>
    public async Task<IReadOnlyList<LoggedEvent>> ListAsync(EventFilter filter, long? after, int limit, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        if (after is { } seen)
        {
            var found = new List<LoggedEvent>();
            while (found.Count < limit && await LogHorizon.SettledAsync(connection, seen, Window, cancellation) is var upTo && upTo > seen)
            {
                using var next = new LogCommand(connection).Where(filter).Where("seq_id > @after", "after", seen).Where("seq_id <= @upTo", "upTo", upTo);
                found.AddRange(await next.ReadAsync("seq_id", limit - found.Count, cancellation));
                seen = upTo;
            }

            return found;
        }

        await LogHorizon.SettleAsync(connection, cancellation);
        using var newest = new LogCommand(connection).Where(filter);
        var events = await newest.ReadAsync("seq_id desc", limit, cancellation);
        events.Reverse();
        return events;
    }

    /// <summary>The ids of all networks that have ever had this id, label or CIDR.</summary>
    public async Task<IReadOnlyList<Guid>> NetworksAsync(string idOrLabelOrCidr, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        using var created = new LogCommand(connection).Where("left(stream_id, 8) = @network", "network", Streams.OfNetwork(default)[..8]).Where("type = @type", "type", EventNames.All[typeof(NetworkCreated)]);
        var networks = (await created.ReadAllAsync(cancellation)).Select(one => ((NetworkCreated)EventCodec.Read(one).Data).Network);
        return [.. networks.Where(network => NetworkDirectory.Find(idOrLabelOrCidr, [network]) is not null).Select(network => network.Id)];
    }

    /// <summary>The last sequence of the log, settled or not; 0: it is empty.</summary>
    public async Task<long> LastAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(Last, connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Sequence numbers that are looked at in one question.</summary>
    internal const int Window = 50_000;
}

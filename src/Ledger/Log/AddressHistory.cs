using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>How a fixed address stood from one moment to another.</summary>
/// <param name="NetworkId">Of which network it was then; null: of none.</param>
/// <param name="State">As <see cref="FixedIpEntry"/> tells it; reserved also when the network gives it to nobody.</param>
/// <param name="FixedIp">Who had it; null: it had never been used.</param>
/// <param name="From">Since when; null: from the beginning.</param>
/// <param name="Until">The first moment at which it was otherwise; null: it still is so.</param>
public sealed record AddressSpan(Ipv4 Address, Guid? NetworkId, string State, FixedIp? FixedIp, DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>Who held an address, and when. Costs what happened to that address, however long the log is. Every method throws on an outage.</summary>
public sealed class AddressHistory
{
    private const string OfAddress = "data ->> 'address' = @address and left(stream_id, 5) = 'pool-'";

    // Behind one of these nothing older matters. An event that is not named here only makes the search look further back.
    private static readonly string[] Beginnings = [.. new[]
    {
        typeof(FixedIpAllocated), typeof(FixedIpTakenByHost), typeof(FixedIpReserved), typeof(FixedIpUnreserved), typeof(FixedIpReleased),
    }.Select(type => EventNames.All[type])];

    private readonly NpgsqlDataSource source;
    private readonly TimeTravel travel;

    internal AddressHistory(NpgsqlDataSource source, TimeTravel travel) => (this.source, this.travel) = (source, travel);

    /// <summary>All spans, oldest first; empty: nothing ever happened to it.</summary>
    public async Task<IReadOnlyList<AddressSpan>> SpansAsync(Ipv4 address, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        using var story = new LogCommand(connection).Where(OfAddress, "address", address.ToString());
        return Spans(address, await story.ReadAsync("timestamp, seq_id", int.MaxValue, cancellation));
    }

    /// <summary>How it stood at a moment.</summary>
    public async Task<AddressSpan> OwnerAsync(Ipv4 address, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var connection = await travel.OpenAsync(at, cancellation);
        var before = await BeforeAsync(connection, address, at, cancellation);
        using var next = new LogCommand(connection).Where(OfAddress, "address", address.ToString()).Where("timestamp > @at", "at", at);
        var spans = Spans(address, [.. before, .. await next.ReadAsync("timestamp, seq_id", 1, cancellation)]);
        return spans.LastOrDefault(span => span.From <= at)
            ?? Unused(address, await travel.NetworksAsync(at, cancellation)) with { Until = spans.FirstOrDefault()?.From };
    }

    /// <summary>
    /// The instance to which the address was last given for this MAC address, up to a moment; null: none. A lease ends after its address was released, so whoever
    /// has the address then does not tell whose lease it was.
    /// </summary>
    public async Task<Guid?> LastGivenToAsync(Ipv4 address, MacAddress mac, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        using var last = new LogCommand(connection).Where(OfAddress, "address", address.ToString()).Where("timestamp <= @at", "at", at)
            .Where("type = @type", "type", EventNames.All[typeof(FixedIpAllocated)]).Where("data ->> 'mac' = @mac", "mac", mac.ToString());
        return await last.ReadAsync("timestamp desc, seq_id desc", 1, cancellation) is [var given] ? ((FixedIpAllocated)EventCodec.Read(given).Data).InstanceId : null;
    }

    /// <summary>The last events up to a moment, back to one that says all by itself; oldest first.</summary>
    private static async Task<List<LoggedEvent>> BeforeAsync(NpgsqlConnection connection, Ipv4 address, DateTimeOffset at, CancellationToken cancellation)
    {
        for (var limit = 8; ; limit *= 8)
        {
            using var last = new LogCommand(connection).Where(OfAddress, "address", address.ToString()).Where("timestamp <= @at", "at", at);
            var events = await last.ReadAsync("timestamp desc, seq_id desc", limit, cancellation);
            if (events.FindIndex(change => Beginnings.Contains(change.Type)) is var beginning and >= 0)
            {
                events.RemoveRange(beginning + 1, events.Count - beginning - 1);
            }
            else if (events.Count == limit)
            {
                continue;
            }

            events.Reverse();
            return events;
        }
    }

    /// <summary>Events of one commit are one change: what was between them was never so.</summary>
    private static List<AddressSpan> Spans(Ipv4 address, IReadOnlyList<LoggedEvent> events)
    {
        var spans = new List<AddressSpan>();
        var blocks = new Dictionary<string, Block>();
        foreach (var change in events)
        {
            var key = Streams.BlockOf(change.Stream);
            var block = (blocks.GetValueOrDefault(change.Stream) ?? Block.Fresh(key.NetworkId, key.Index)).Evolve((FixedIpEvent)EventCodec.Read(change).Data);
            blocks[change.Stream] = block;
            if (spans.Count > 0 && spans[^1].From == change.At)
            {
                spans.RemoveAt(spans.Count - 1);
            }
            else if (spans.Count > 0)
            {
                spans[^1] = spans[^1] with { Until = change.At };
            }

            var used = block.Used.GetValueOrDefault(address);
            spans.Add(new AddressSpan(address, key.NetworkId, Queries.StateOf(used?.Status ?? FixedIpStatus.Released), used, change.At, null));
        }

        return spans;
    }

    private static AddressSpan Unused(Ipv4 address, IReadOnlyList<Network> networks)
    {
        var network = networks.FirstOrDefault(candidate => candidate.Cidr.Contains(address));
        return new AddressSpan(address, network?.Id, network?.IsReserved(address) == true ? "reserved" : "free", null, null, null);
    }
}

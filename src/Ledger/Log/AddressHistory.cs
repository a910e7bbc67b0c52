using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>How an address stood from one moment to another.</summary>
/// <param name="NetworkId">Of which network it was then; null: of none.</param>
/// <param name="State">
/// Of a fixed one as <see cref="FixedIpEntry"/> tells it, at the beginning of the span; reserved also when the network gives it to nobody. Of a floating one: free, allocated, associated, removed (its pool has it no more).
/// </param>
/// <param name="FixedIp">Who had it; null: it had never been used, or it was a floating one. Leases of whoever had it before may be missing.</param>
/// <param name="From">Since when; null: from the beginning.</param>
/// <param name="Until">The first moment at which it was otherwise; null: it still is so.</param>
public sealed record AddressSpan(Ipv4 Address, Guid? NetworkId, string State, FixedIp? FixedIp, DateTimeOffset? From, DateTimeOffset? Until)
{
    /// <summary>It was in a pool of floating IPs, or had been in one last.</summary>
    public bool IsFloating { get; init; }

    /// <summary>Whose it was, where it led and on which host; null: it was a fixed one, or had left its pool.</summary>
    public FloatingEntry? Floating { get; init; }
}

/// <summary>
/// Who held an address, and when. Costs what happened to that address, and of a floating one to the instances that it led to, however long the log is. Every method throws on an outage.
/// </summary>
public sealed class AddressHistory
{
    private const string OfAddress = "data ->> 'address' = @address and (left(stream_id, 5) = 'pool-' or left(stream_id, 9) = 'floating-')";
    private const string InOrder = "timestamp, seq_id", Newest = "timestamp desc, seq_id desc";

    // Behind one of these nothing older matters. An event that is not named here only makes the search look further back.
    private static readonly string[] Beginnings = [.. new[]
    {
        typeof(FixedIpAllocated), typeof(FixedIpTakenByHost), typeof(FixedIpReserved), typeof(FixedIpUnreserved), typeof(FixedIpReleased),
        typeof(FloatingIpAllocated), typeof(FloatingIpReleased),
    }.Select(type => EventNames.All[type])];

    private readonly NpgsqlDataSource source;
    private readonly TimeTravel travel;

    internal AddressHistory(NpgsqlDataSource source, TimeTravel travel) => (this.source, this.travel) = (source, travel);

    /// <summary>All spans, oldest first; empty: nothing ever happened to it.</summary>
    public async Task<IReadOnlyList<AddressSpan>> SpansAsync(Ipv4 address, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        using var story = Story(connection, address);
        var events = await story.ReadAsync(InOrder, int.MaxValue, cancellation);
        var spans = Spans(address, [.. events, .. await RangesAsync(connection, address, cancellation)]);
        var placed = new List<AddressSpan>();
        foreach (var span in spans)
        {
            placed.AddRange(await PlacedAsync(connection, span, cancellation));
        }

        return placed;
    }

    /// <summary>How it stood at a moment.</summary>
    public async Task<AddressSpan> OwnerAsync(Ipv4 address, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var connection = await travel.OpenAsync(at, cancellation);
        var before = await BeforeAsync(connection, address, at, cancellation);
        using var next = Story(connection, address).Where("timestamp > @at", "at", at);
        var spans = Spans(address, [.. before, .. await next.ReadAsync(InOrder, 1, cancellation), .. await RangesAsync(connection, address, cancellation)]);
        var found = spans.LastOrDefault(span => span.From <= at);
        return found is null or { State: "removed" }
            ? Unused(address, await travel.NetworksAsync(at, cancellation)) with { From = found?.From, Until = spans.FirstOrDefault(span => span.From > at)?.From }
            : StoodAt(at, (await PlacedAsync(connection, found, cancellation)).Last(span => span.From <= at));
    }

    /// <summary>
    /// The instance to which the address was last given for this MAC address, up to a moment; null: none. A lease ends after its address was released, so whoever
    /// has the address then does not tell whose lease it was.
    /// </summary>
    public async Task<Guid?> LastGivenToAsync(Ipv4 address, MacAddress mac, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        using var last = Story(connection, address).Where("timestamp <= @at", "at", at)
            .Where("type = @type", "type", EventNames.All[typeof(FixedIpAllocated)]).Where("data ->> 'mac' = @mac", "mac", mac.ToString());
        return await last.ReadAsync(Newest, 1, cancellation) is [var given] ? ((FixedIpAllocated)EventCodec.Read(given).Data).InstanceId : null;
    }

    private static LogCommand Story(NpgsqlConnection connection, Ipv4 address) => new LogCommand(connection).Where(OfAddress, "address", address.ToString());

    /// <summary>The last events up to a moment, back to one that says all by itself; oldest first.</summary>
    private static async Task<List<LoggedEvent>> BeforeAsync(NpgsqlConnection connection, Ipv4 address, DateTimeOffset at, CancellationToken cancellation)
    {
        for (var limit = 8; ; limit *= 8)
        {
            using var last = Story(connection, address).Where("timestamp <= @at", "at", at);
            var events = await last.ReadAsync(Newest, limit, cancellation);
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

    /// <summary>When pools got the address, and lost it: a range at a time, so those events do not name it. There are few of them in a log.</summary>
    private static async Task<IEnumerable<LoggedEvent>> RangesAsync(NpgsqlConnection connection, Ipv4 address, CancellationToken cancellation)
    {
        using var ofBlocks = new LogCommand(connection).Where(LedgerSchema.IsFloatingRange)
            .Where("right(stream_id, length(@block)) = @block", "block", $"-{FloatingKey.FirstOf(address)}");
        return (await ofBlocks.ReadAllAsync(cancellation)).Where(change => EventCodec.Read(change).Data switch
        {
            FloatingIpsAdded e => new FloatingRange(e.First, e.Last).Contains(address),
            FloatingIpsRemoved e => new FloatingRange(e.First, e.Last).Contains(address),
            _ => false,
        });
    }

    private static IReadOnlyList<AddressSpan> Spans(Ipv4 address, IEnumerable<LoggedEvent> events) =>
        events.OrderBy(change => change.At).ThenBy(change => change.Sequence).Aggregate(new AddressFold(address), (fold, change) => fold.Apply(change)).Spans;

    /// <summary>A floating IP goes with its instance from host to host: a span for each of them.</summary>
    private static async Task<IReadOnlyList<AddressSpan>> PlacedAsync(NpgsqlConnection connection, AddressSpan span, CancellationToken cancellation)
    {
        if (span.Floating is not { Floating.InstanceId: { } instance } floating)
        {
            return [span];
        }

        using var story = new LogCommand(connection).Where("stream_id = @stream", "stream", Streams.OfInstance(instance));
        var (state, placed) = ((InstanceNetwork?)null, new List<AddressSpan> { span });
        foreach (var change in (await story.ReadAllAsync(cancellation)).TakeWhile(change => span.Until is null || change.At < span.Until))
        {
            state = InstanceNetwork.Evolve(state, (InstanceEvent)EventCodec.Read(change).Data);
            var here = floating with { Host = state.Host };
            if (change.At <= placed[^1].From)
            {
                placed[^1] = placed[^1] with { Floating = here };
            }
            else if (placed[^1].Floating!.Host != state.Host)
            {
                placed[^1] = placed[^1] with { Until = change.At };
                placed.Add(span with { From = change.At, Floating = here });
            }
        }

        return placed;
    }

    /// <summary>A lease may have run out since, which nobody has seen.</summary>
    private static AddressSpan StoodAt(DateTimeOffset at, AddressSpan span) => span.FixedIp is { } used ? span with { State = Queries.StateOf(used, at) } : span;

    private static AddressSpan Unused(Ipv4 address, IReadOnlyList<Network> networks)
    {
        var network = networks.FirstOrDefault(candidate => candidate.Cidr.Contains(address));
        return new AddressSpan(address, network?.Id, network?.IsReserved(address) == true ? "reserved" : "free", null, null, null);
    }
}

using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>A host as it was.</summary>
/// <param name="Record">Of the host; null: it had not joined.</param>
/// <param name="Content">What it had to serve.</param>
/// <param name="Sequence">The last event that counts.</param>
public sealed record HostThen(HostRecord? Record, HostContent Content, long Sequence);

/// <summary>The world as it was.</summary>
/// <param name="Sequence">The last event that counts.</param>
/// <param name="Networks">In order of creation.</param>
/// <param name="FixedIps">Those that were not free, in order.</param>
/// <param name="Floatings">Those that were not free, in order.</param>
/// <param name="Instances">Those that had something on a host, or were on their way to one.</param>
public sealed record WorldThen(
    long Sequence, IReadOnlyList<NetworkSummary> Networks, IReadOnlyList<FixedIpEntry> FixedIps, IReadOnlyList<FloatingEntry> Floatings,
    IReadOnlyList<InstanceEntry> Instances);

/// <summary>
/// What was so at a moment: the events up to it, folded by the rules that fold them now. A moment that is still to come is now. Every method throws on an outage.
/// </summary>
public sealed class TimeTravel
{
    /// <summary>Older than any commit that is still on its way.</summary>
    private static readonly TimeSpan LongSettled = TimeSpan.FromMinutes(1);

    private readonly NpgsqlDataSource source;
    private readonly Presence presence;

    internal TimeTravel(NpgsqlDataSource source, Presence presence) => (this.source, this.presence) = (source, presence);

    /// <summary>Reads on in the log for what questions about a host are answered from. Whoever asks does it too; done before, they need not wait.</summary>
    public Task CatchUpAsync(CancellationToken cancellation) => presence.CatchUpAsync(cancellation);

    /// <summary>
    /// What a host had to serve at a moment: its own instances, and those of networks that it alone served. Costs what that was and how often it had changed, not what
    /// the log is long.
    /// </summary>
    public async Task<HostThen> HostAsync(string host, DateTimeOffset at, CancellationToken cancellation)
    {
        var fold = await FoldAsync(host, at, cancellation);
        var record = fold.Documents<HostDocument>().FirstOrDefault();
        var networks = NetworksOf(fold);
        var served = fold.Documents<InstanceDocument>().OrderBy(instance => instance.Id).ToList();
        return new HostThen(record?.State, HostViews.ContentOf(record, networks, served, host), fold.Sequence);
    }

    /// <summary>All that was so at a moment. Costs what the log held by then of addresses, and what was there of instances.</summary>
    public async Task<WorldThen> WorldAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        var fold = await FoldAsync(null, at, cancellation);
        var (networks, hosts) = (NetworksOf(fold), fold.Documents<HostDocument>().ToDictionary(host => host.Id, host => host.State));
        var blocks = fold.Documents<BlockDocument>();
        var counts = AddressCounts.Of(blocks);
        return new WorldThen(
            fold.Sequence,
            [.. networks.Select(network => Queries.Summary(network, counts))],
            [.. Queries.EntriesOf(blocks, at).Where(entry => entry.FixedIp.Status != FixedIpStatus.Released)],
            FloatingsOf(fold),
            [.. fold.Documents<InstanceDocument>().Select(document => document.State).OrderBy(state => state.InstanceId)
                .Select(state => (State: state, Host: hosts.GetValueOrDefault(state.Host ?? "")))
                .Select(pair => new InstanceEntry(pair.State, ServedNetworks.Of(pair.State, pair.Host, networks), hosts.GetValueOrDefault(pair.State.ShapedBy(networks) ?? pair.State.Host ?? "")?.Settings))]);
    }

    private static List<FloatingEntry> FloatingsOf(MemoryFold fold)
    {
        var hosts = fold.Documents<InstanceDocument>().ToDictionary(instance => instance.Id, instance => instance.Host);
        var used = fold.Documents<FloatingBlockDocument>().SelectMany(block =>
            block.State.Addresses.Values.Where(floating => !floating.IsFree).Select(floating => (block.Pool, Floating: floating)));
        return [.. used.OrderBy(one => one.Floating.Address)
            .Select(one => new FloatingEntry(one.Pool, one.Floating, one.Floating.InstanceId is { } id ? hosts.GetValueOrDefault(id) : null))];
    }

    /// <summary>The networks that there were at a moment, in order of creation.</summary>
    internal async Task<IReadOnlyList<Network>> NetworksAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(at, cancellation);
        using var events = NetworkEvents(connection, at);
        return NetworksOf(new MemoryFold().Apply(await events.ReadAllAsync(cancellation)));
    }

    /// <summary>A connection on which everything can be seen that will ever have happened up to then.</summary>
    internal async Task<NpgsqlConnection> OpenAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation);
        try
        {
            await using var clock = new NpgsqlCommand("select clock_timestamp()", connection);
            if (at > (DateTime)(await clock.ExecuteScalarAsync(cancellation))! - LongSettled)
            {
                await LogHorizon.SettleAsync(connection, cancellation);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static LogCommand NetworkEvents(NpgsqlConnection connection, DateTimeOffset at) =>
        new LogCommand(connection).Where("left(stream_id, 8) = 'network-' and timestamp <= @at", "at", at);

    private static List<Network> NetworksOf(MemoryFold fold) => [.. Network.InOrder(fold.Documents<NetworkDocument>().Select(document => document.State))];

    /// <summary>
    /// The events up to a moment: of all networks, and of one host and the instances that had to do with it; for all hosts (null) everything but
    /// the instances that were gone by then.
    /// </summary>
    private async Task<MemoryFold> FoldAsync(string? host, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(at, cancellation);
        await presence.CatchUpAsync(cancellation);
        await using var moment = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var streams = await Presence.StreamsAsync(connection, host, at, cancellation);
        if (host is null)
        {
            using var all = new LogCommand(connection)
                .Where("timestamp <= @at", "at", at).Where("left(stream_id, 8) <> 'request-'").Where("(left(stream_id, 9) <> 'instance-' or stream_id = any(@streams))", "streams", streams.ToArray());
            return new MemoryFold().Apply(await all.ReadAllAsync(cancellation));
        }

        using var ofNetworks = NetworkEvents(connection, at);
        var networks = await ofNetworks.ReadAllAsync(cancellation);
        var elsewhere = await ElsewhereAsync(connection, host, NetworksOf(new MemoryFold().Apply(networks)), at, cancellation);
        using var ofStreams = new LogCommand(connection)
            .Where("stream_id = any(@streams)", "streams", streams.Union(elsewhere).Append(Streams.OfHost(host)).ToArray()).Where("timestamp <= @at", "at", at);
        return new MemoryFold().Apply(networks.Concat(await ofStreams.ReadAllAsync(cancellation)).OrderBy(change => change.Sequence));
    }

    /// <summary>The instances of networks that this host alone served, or was to, wherever they were. Found by their addresses, as an instance does not say.</summary>
    private static async Task<IEnumerable<string>> ElsewhereAsync(
        NpgsqlConnection connection, string host, IEnumerable<Network> networks, DateTimeOffset at, CancellationToken cancellation)
    {
        string[] served = [.. networks.Where(network => NetworkDuty.Of(network, host) is not null).Select(network => network.Id.ToString())];
        if (served.Length == 0)
        {
            return [];
        }

        using var firsts = new LogCommand(connection).Where("version = 1 and left(stream_id, 5) = 'pool-' and substr(stream_id, 6, 36) = any(@networks)", "networks", served);
        string[] blocks = [.. (await firsts.ReadAllAsync(cancellation)).Select(change => change.Stream)];
        using var ofBlocks = new LogCommand(connection).Where("stream_id = any(@blocks)", "blocks", blocks).Where("timestamp <= @at", "at", at);
        var fold = new MemoryFold().Apply(await ofBlocks.ReadAllAsync(cancellation));
        return fold.Documents<BlockDocument>().SelectMany(block => block.State.Used.Values).Select(used => used.InstanceId).OfType<Guid>().Distinct().Select(Streams.OfInstance);
    }
}

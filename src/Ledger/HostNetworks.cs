using System.Collections.Immutable;
using Marten;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger;

/// <summary>An address of its own that a host has left, and that is not free yet.</summary>
public readonly record struct LeftAddress(BlockKey Block, Ipv4 Address);

/// <summary>Networks that a host leaves with their last instance there, see <see cref="UnusedNetworks"/>. Every method throws on an outage, and may be called again.</summary>
public sealed class HostNetworks
{
    private readonly LedgerWriter writer;
    private readonly LedgerSessions sessions;

    internal HostNetworks(LedgerWriter writer, LedgerSessions sessions) => (this.writer, this.sessions) = (writer, sessions);

    /// <summary>The host has those networks no more that none of its instances needs. How many; while it needs all, nothing is locked.</summary>
    public async Task<int> LeaveUnusedAsync(string host, DateTimeOffset now, CancellationToken cancellation)
    {
        while (true)
        {
            await using (var look = await sessions.SnapshotAsync(cancellation))
            {
                if (await look.Documents.LoadAsync<HostDocument>(host, cancellation) is not { } document || (await UnusedAsync(look, document.State, cancellation)).Count == 0)
                {
                    return 0;
                }
            }

            try
            {
                return await LeaveAsync(host, now, cancellation);
            }
            catch (Exception exception) when (StoreFaults.IsLostRace(exception))
            {
                // Something else has just happened to the host.
            }
        }
    }

    /// <summary>Addresses that the host has left before this call, and that are not free yet.</summary>
    public async Task<IReadOnlyList<LeftAddress>> LeftAsync(string host, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var blocks = await session.Documents.Query<BlockDocument>().Where(block => block.OfHosts > 0 && block.Hosts.Contains(host)).ToListAsync(cancellation);
        return
        [
            .. blocks.SelectMany(block => block.State.Used.Values.Where(used => used.Status == FixedIpStatus.LeftByHost && used.Host == host)
                .Select(used => new LeftAddress(new BlockKey(block.NetworkId, block.Index), used.Address))),
        ];
    }

    /// <summary>The host answers for these no more: they are free.</summary>
    public Task LetGoAsync(string host, IReadOnlyList<LeftAddress> left, DateTimeOffset now, CancellationToken cancellation) =>
        Task.WhenAll(left.GroupBy(one => one.Block).Select(block => writer.SubmitAsync(
            new InstanceWork(null, host, now, OriginOf(host), situation => UnusedNetworks.LetGo(block.Key, [.. block.Select(one => one.Address)], situation, now)), cancellation)));

    /// <summary>No commit about instances runs meanwhile: none brings one to a network that is being left.</summary>
    private async Task<int> LeaveAsync(string host, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        var document = await session.Documents.LoadAsync<HostDocument>(host, cancellation);
        var unused = await UnusedAsync(session, document!.State, cancellation);
        var networks = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        var keys = networks.Where(network => document.State.Addresses.ContainsKey(network.Id)).Select(network => BlockKey.Of(network, document.State.Addresses[network.Id]));
        var blocks = (await session.Documents.LoadManyAsync<BlockDocument>(cancellation, keys.Select(BlockDocument.IdOf).ToArray()))
            .ToDictionary(block => new BlockKey(block.NetworkId, block.Index));
        var situation = new InstanceSituation(null, document.State, networks, blocks.ToDictionary(block => block.Key, block => block.Value.State), ImmutableDictionary<Guid, int?>.Empty);
        var decided = (InstanceDecision.Decided)UnusedNetworks.Leave(unused, situation, now);
        if (decided.Hosts.Count > 0)
        {
            session.Append(Streams.OfHost(host), document.StreamVersion, [.. decided.Hosts], [.. decided.Hosts.Select(_ => OriginOf(host))]);
            foreach (var block in decided.Blocks.GroupBy(change => change.Block).OrderBy(block => Streams.OfBlock(block.Key), StringComparer.Ordinal))
            {
                session.Append(Streams.OfBlock(block.Key), blocks[block.Key].StreamVersion, [.. block.Select(change => change.Event)], [.. block.Select(_ => OriginOf(host))]);
            }

            await session.CommitAsync(cancellation);
        }

        return decided.Hosts.Count;
    }

    private static async Task<IReadOnlyList<Guid>> UnusedAsync(LedgerSession session, HostRecord host, CancellationToken cancellation)
    {
        var unused = new List<Guid>();
        foreach (var network in host.Addresses.Keys.Concat(host.Bridged).ToList())
        {
            if (!await IsUsedAsync(session, network, host.Name, cancellation))
            {
                unused.Add(network);
            }
        }

        return unused;
    }

    /// <summary>Most often the first instance that is looked at says it.</summary>
    private static async Task<bool> IsUsedAsync(LedgerSession session, Guid networkId, string host, CancellationToken cancellation)
    {
        const int AtOnce = 16;
        var blocks = await session.Documents.Query<BlockDocument>().Where(block => block.NetworkId == networkId && block.Hosts.Contains(host)).ToListAsync(cancellation);
        var ids = blocks.SelectMany(block => block.State.Used.Values).Where(used => used.Host == host).Select(used => used.InstanceId).OfType<Guid>().Distinct();
        foreach (var some in ids.Chunk(AtOnce))
        {
            var instances = await session.Documents.LoadManyAsync<InstanceDocument>(cancellation, some);
            if (instances.Any(instance => instance.State.ConcernedHosts().Contains(host) && UnusedNetworks.IsNeededFor(instance.State, networkId, host)))
            {
                return true;
            }
        }

        return false;
    }

    private static Origin OriginOf(string host) => new(null, host, host, null);
}

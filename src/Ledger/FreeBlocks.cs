using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>
/// Which block of a network a process allocates from: the one of last time; at first, one that its host's name points to; when that is full,
/// one that was never used (nobody else is there, and what was released rests the longer); at last, any that has a free address.
/// </summary>
internal sealed class FreeBlocks
{
    private const string Blocks = LedgerSetup.SchemaName + ".mt_doc_block";

    // The first index from @from on without a document; @seen are the blocks that this batch knows already.
    private const string FirstUnused =
        $"""
        select candidate from (
            select @from as candidate
            union select unnest(@seen) + 1
            union select index + 1 from {Blocks} where network_id = @network
        ) as candidates
        where candidate >= @from and candidate < @count and candidate <> all(@seen)
          and not exists (select from {Blocks} where network_id = @network and index = candidate)
        order by candidate limit 1
        """;

    private const string NearestFree =
        $"""
        select index from {Blocks} where network_id = @network and free > 0 and index <> all(@seen)
        order by index < @from, index limit 1
        """;

    private readonly Dictionary<Guid, int> last = [];

    /// <summary>The blocks that the next allocations will most likely ask for.</summary>
    public IReadOnlyCollection<BlockKey> Likely => [.. last.Select(pair => new BlockKey(pair.Key, pair.Value))];

    /// <summary>Remembers what a commit allocated from; a network that is gone is forgotten.</summary>
    public void Remember(IReadOnlyDictionary<Guid, int?> preferred, IReadOnlyList<Network> networks)
    {
        foreach (var (networkId, index) in preferred)
        {
            if (index is { } used)
            {
                last[networkId] = used;
            }
        }

        foreach (var gone in last.Keys.Except(networks.Select(network => network.Id)).ToList())
        {
            last.Remove(gone);
        }
    }

    /// <summary>The block to begin with.</summary>
    public int First(Network network, string host) => last.TryGetValue(network.Id, out var index) ? index : new BlockLayout(network.Cidr).StartFor(host);

    /// <summary>A block with a free address, other than those that were tried and those of the batch that have none; null: there is no other.</summary>
    public static async Task<int?> NextAsync(
        Network network, int from, IReadOnlyDictionary<BlockKey, Block> seen, IReadOnlySet<BlockKey> tried, NpgsqlConnection connection, CancellationToken cancellation)
    {
        var own = seen.Where(pair => pair.Key.NetworkId == network.Id).ToList();
        foreach (var (key, block) in own.OrderBy(pair => pair.Key.Index))
        {
            if (!tried.Contains(key) && BlockDecisions.NextFree(block, network) is not null)
            {
                return key.Index;
            }
        }

        int[] known = [.. own.Select(pair => pair.Key.Index)];
        return await UnusedAsync(network, from, known, connection, cancellation)
            ?? await AskAsync(NearestFree, network, from, known, connection, cancellation);
    }

    /// <summary>From the given block on, then from the network's first. A block of reserved addresses alone is passed over.</summary>
    private static async Task<int?> UnusedAsync(Network network, int from, int[] known, NpgsqlConnection connection, CancellationToken cancellation)
    {
        foreach (var start in from == 0 ? [0] : new[] { from, 0 })
        {
            while (await AskAsync(FirstUnused, network, start, known, connection, cancellation) is { } index)
            {
                if (BlockUse.Capacity(network, index) > 0)
                {
                    return index;
                }

                known = [.. known, index];
            }
        }

        return null;
    }

    private static async Task<int?> AskAsync(string sql, Network network, int from, int[] seen, NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("network", network.Id);
        command.Parameters.AddWithValue("from", from);
        command.Parameters.AddWithValue("seen", seen);
        command.Parameters.AddWithValue("count", new BlockLayout(network.Cidr).Count);
        return await command.ExecuteScalarAsync(cancellation) as int?;
    }
}

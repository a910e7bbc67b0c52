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

    // By the index of these columns: what it costs is the used blocks in a row from @from on.
    private const string FirstUnused =
        $"""
        select case
          when not exists (select from {Blocks} where network_id = @network and index = @from) then @from
          else (select block.index + 1 from {Blocks} block where block.network_id = @network and block.index >= @from
                  and not exists (select from {Blocks} next where next.network_id = @network and next.index = block.index + 1)
                order by block.index limit 1)
        end
        """;

    private const string NearestFree =
        $"""
        select index from {Blocks} where network_id = @network and free_from <= @now and index <> all(@seen)
        order by index < @from, index limit 1
        """;

    private readonly Dictionary<Guid, int> last = [];

    /// <summary>Networks whose blocks have all been used: they never become unused again.</summary>
    private readonly HashSet<Guid> allUsed = [];

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

        foreach (var gone in last.Keys.Concat(allUsed).Except(networks.Select(network => network.Id)).ToList())
        {
            last.Remove(gone);
            allUsed.Remove(gone);
        }
    }

    /// <summary>The block to begin with.</summary>
    public int First(Network network, string host)
    {
        var (from, to) = AssignableBlocks(network);
        return last.TryGetValue(network.Id, out var index) ? index : from + (new BlockLayout(network.Cidr).StartFor(host) % (to - from + 1));
    }

    /// <summary>A block with a free address, other than those that were tried and those of the batch that have none; null: there is no other.</summary>
    public async Task<int?> NextAsync(FreeBlockRequest request, NpgsqlConnection connection, CancellationToken cancellation)
    {
        var network = request.Network;
        var own = request.Seen.Where(pair => pair.Key.NetworkId == network.Id).ToList();
        foreach (var (key, block) in own.OrderBy(pair => pair.Key.Index))
        {
            if (!request.Tried.Contains(key) && BlockDecisions.NextFree(block, network, null, request.Now) is not null)
            {
                return key.Index;
            }
        }

        HashSet<int> seen = [.. own.Select(pair => pair.Key.Index)];
        return await UnusedAsync(network, request.Full + 1, seen, connection, cancellation)
            ?? await NearestAsync(network, request.Now, seen, connection, cancellation);
    }

    /// <summary>
    /// The next block, if it was never used. If it was, another process is there: from somewhere else, then, so that the two do not follow each other. A block of
    /// reserved addresses alone is passed over.
    /// </summary>
    private async Task<int?> UnusedAsync(Network network, int next, HashSet<int> seen, NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (allUsed.Contains(network.Id))
        {
            return null;
        }

        var (first, end) = AssignableBlocks(network);
        if (next <= end && await FirstUnusedAsync(network, next, connection, cancellation) == next && !seen.Contains(next) && HasRoom(network, next))
        {
            return next;
        }

        var passedOver = false;
        foreach (var start in new[] { Random.Shared.Next(first, end + 1), first })
        {
            passedOver = false;
            for (var candidate = start; await FirstUnusedAsync(network, candidate, connection, cancellation) is { } index && index <= end; candidate = index + 1)
            {
                if (!seen.Contains(index) && HasRoom(network, index))
                {
                    return index;
                }

                passedOver = true;
            }
        }

        if (!passedOver)
        {
            allUsed.Add(network.Id);
        }

        return null;
    }

    private static (int First, int Last) AssignableBlocks(Network network)
    {
        var layout = new BlockLayout(network.Cidr);
        return (layout.IndexOf(network.Assignable.First), layout.IndexOf(network.Assignable.Last));
    }

    private static bool HasRoom(Network network, int index) => new BlockLayout(network.Cidr).AddressesOf(index).Any(address => !network.IsReserved(address));

    private static async Task<int?> FirstUnusedAsync(Network network, int from, NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(FirstUnused, connection);
        command.Parameters.AddWithValue("network", network.Id);
        command.Parameters.AddWithValue("from", from);
        return await command.ExecuteScalarAsync(cancellation) as int?;
    }

    private static async Task<int?> NearestAsync(Network network, DateTimeOffset now, HashSet<int> seen, NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (first, end) = AssignableBlocks(network);
        await using var command = new NpgsqlCommand(NearestFree, connection);
        command.Parameters.AddWithValue("network", network.Id);
        command.Parameters.AddWithValue("now", now.ToUniversalTime());
        command.Parameters.AddWithValue("seen", seen.ToArray());
        command.Parameters.AddWithValue("from", Random.Shared.Next(first, end + 1));
        return await command.ExecuteScalarAsync(cancellation) as int?;
    }
}

/// <summary>A search for a block with a free address.</summary>
/// <param name="Network">Of this network.</param>
/// <param name="Full">The block that has none, or too few.</param>
/// <param name="Seen">The blocks that the batch knows.</param>
/// <param name="Tried">Those that were offered before.</param>
/// <param name="Now">UTC.</param>
internal sealed record FreeBlockRequest(Network Network, int Full, IReadOnlyDictionary<BlockKey, Block> Seen, IReadOnlySet<BlockKey> Tried, DateTimeOffset Now);

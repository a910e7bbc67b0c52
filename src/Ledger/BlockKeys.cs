using NovaNetBus.Domain.Instances;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>Blocks that a query names.</summary>
internal static class BlockKeys
{
    /// <summary>Of a command whose fields are the network's id and the block's index.</summary>
    public static async Task<IReadOnlyList<BlockKey>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var keys = new List<BlockKey>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            keys.Add(new BlockKey(reader.GetGuid(0), reader.GetInt32(1)));
        }

        return keys;
    }
}

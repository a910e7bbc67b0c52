using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>How many addresses of a network are used, summed over its used blocks by the database.</summary>
/// <param name="OfInstances">Addresses of instances, those included that their host has not let go of.</param>
/// <param name="KeptBack">Addresses that hosts have for themselves, and those that operators keep from being given out.</param>
internal readonly record struct AddressCounts(long OfInstances, long KeptBack)
{
    private const string Sql =
        $"""
        select network_id, sum((data ->> 'ofInstances')::bigint)::bigint, sum((data ->> 'ofHosts')::bigint + (data ->> 'reserved')::bigint)::bigint
        from {LedgerSetup.SchemaName}.mt_doc_block where @network is null or network_id = @network group by network_id
        """;

    /// <summary>By network id; a network without used addresses is missing. Null: of all networks.</summary>
    public static async Task<IReadOnlyDictionary<Guid, AddressCounts>> ReadAsync(NpgsqlConnection connection, Guid? networkId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid?>("network", NpgsqlTypes.NpgsqlDbType.Uuid) { TypedValue = networkId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var counts = new Dictionary<Guid, AddressCounts>();
        while (await reader.ReadAsync(cancellation))
        {
            counts[reader.GetGuid(0)] = new AddressCounts(reader.GetInt64(1), reader.GetInt64(2));
        }

        return counts;
    }

    /// <summary>The same from documents of one moment.</summary>
    public static IReadOnlyDictionary<Guid, AddressCounts> Of(IEnumerable<BlockDocument> blocks) => blocks.GroupBy(block => block.NetworkId).ToDictionary(
        network => network.Key, network => new AddressCounts(network.Sum(block => (long)block.OfInstances), network.Sum(block => (long)block.OfHosts + block.Reserved)));
}

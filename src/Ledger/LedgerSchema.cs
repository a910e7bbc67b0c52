using JasperFx;
using Marten;
using Microsoft.Extensions.Hosting;
using NovaNetBus.Ledger.Log;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>Makes the tables that are missing. After that no session looks at the schema again.</summary>
internal sealed class LedgerSchema(IDocumentStore store, string connectionString) : IHostedLifecycleService
{
    /// <summary>Marten has no index there, and the whole story of an instance is asked for by this column.</summary>
    public const string CorrelationIndex = "novanet_events_correlation_idx";

    private const string AddressIndex = "novanet_events_address_idx", NetworkIndex = "novanet_events_network_idx", BlockIndex = "novanet_events_block_idx", RangeIndex = "novanet_events_range_idx",
        TimeIndex = "novanet_events_time_idx";

    /// <summary>That an event brings floating IPs into a pool, or takes them out of it.</summary>
    public const string IsFloatingRange = "type in ('floating-ips-added', 'floating-ips-removed')";

    /// <summary>On Marten's table, which shall leave them there.</summary>
    public static readonly string[] OwnIndexes = [CorrelationIndex, AddressIndex, NetworkIndex, BlockIndex, RangeIndex, TimeIndex];

    // "if not exists" alone would wait for every transaction that appends, before it looks whether there is anything to do.
    private const string CreateIndex =
        $"""
        do $$ begin
          if to_regclass('{LedgerSetup.SchemaName}.{CorrelationIndex}') is null then
            create index {CorrelationIndex} on {LedgerSetup.SchemaName}.mt_events (correlation_id);
          end if;
        end $$
        """;

    // Who held an address is asked by address and time; what networks and floating ranges there were, by what is a tiny part of the log;
    // which blocks a network had, by the first event of each; a span of time, by the order in which events lie.
    private static readonly string CreateAudit =
        $"""
        create index if not exists {AddressIndex} on {LoggedEvent.Table} ((data ->> 'address'), timestamp, seq_id) where (data ->> 'address') is not null;
        create index if not exists {NetworkIndex} on {LoggedEvent.Table} (seq_id) where left(stream_id, 8) = 'network-';
        create index if not exists {BlockIndex} on {LoggedEvent.Table} (substr(stream_id, 6, 36)) where version = 1 and left(stream_id, 5) = 'pool-';
        create index if not exists {RangeIndex} on {LoggedEvent.Table} (seq_id) where {IsFloatingRange};
        create index if not exists {TimeIndex} on {LoggedEvent.Table} using brin (timestamp) with (pages_per_range = 32);
        {LogProgress.Create};
        {Presence.CreateOf(Presence.Current)}
        """;

    private const string HasAudit =
        $"""
        select to_regclass('{LedgerSetup.SchemaName}.{TimeIndex}') is not null and to_regclass('{LogProgress.Table}') is not null
          and to_regclass('{Presence.Table}') is not null and to_regclass('{LedgerSetup.SchemaName}.{BlockIndex}') is not null
          and to_regclass('{LedgerSetup.SchemaName}.{RangeIndex}') is not null
        """;

    /// <summary>Waits until no other program makes the schema, then makes what is missing. Throws <see cref="NpgsqlException"/> without a database.</summary>
    public async Task ApplyAsync(CancellationToken cancellation)
    {
        // A connection of its own: a lock by session must not stay behind in a pool.
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync(cancellation);
        await ExecuteAsync(connection, $"select pg_advisory_lock({LedgerLocks.Schema})", cancellation);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
        await ExecuteAsync(connection, CreateIndex, cancellation);
        await using var audit = new NpgsqlCommand(HasAudit, connection);
        if (await audit.ExecuteScalarAsync(cancellation) is false)
        {
            await ExecuteAsync(connection, CreateAudit, cancellation);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => ApplyAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

using JasperFx;
using Marten;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>Makes the tables that are missing. After that no session looks at the schema again.</summary>
internal sealed class LedgerSchema(IDocumentStore store, string connectionString) : IHostedLifecycleService
{
    /// <summary>Marten has no index there, and the whole story of an instance is asked for by this column.</summary>
    public const string CorrelationIndex = "novanet_events_correlation_idx";

    // "if not exists" alone would wait for every transaction that appends, before it looks whether there is anything to do.
    private const string CreateIndex =
        $"""
        do $$ begin
          if to_regclass('{LedgerSetup.SchemaName}.{CorrelationIndex}') is null then
            create index {CorrelationIndex} on {LedgerSetup.SchemaName}.mt_events (correlation_id);
          end if;
        end $$
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

using Npgsql;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>A fresh database: the one that the connection names while nobody has used it, else one of the demo's own name on the same server.</summary>
/// <param name="Connection">To it.</param>
/// <param name="WasThere">It is left behind, as empty as it was found.</param>
internal sealed record DemoDatabase(string Connection, bool WasThere)
{
    private const string OwnName = "novanet_demo_";

    private const string CountTables = "select count(*) from pg_catalog.pg_tables where schemaname not in ('pg_catalog', 'information_schema')";

    /// <param name="connections">The server.</param>
    /// <param name="index">Of several, which: only the first may be the one that the connection names.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<DemoDatabase> CreateAsync(Connections connections, int index, CancellationToken ct)
    {
        var named = connections.Postgres ?? throw new SimulatorException("ConnectionStrings__Postgres is not set: source .services/env (made by scripts/services.sh up).");
        if (index == 0 && await CountAsync(named, ct) == 0)
        {
            return new DemoDatabase(named, WasThere: true);
        }

        var name = OwnName + (char)('a' + index);
        var own = new NpgsqlConnectionStringBuilder(named) { Database = name }.ConnectionString;
        await DoAsync(named, [$"drop database if exists {name} with (force)", $"create database {name}"], ct);
        return new DemoDatabase(own, WasThere: false);
    }

    public async Task RemoveAsync(CancellationToken ct)
    {
        var name = new NpgsqlConnectionStringBuilder(Connection).Database!;
        var quoted = '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        // One cannot drop the database that one is in; every server has this one.
        var other = new NpgsqlConnectionStringBuilder(Connection) { Database = "postgres" }.ConnectionString;
        List<string> statements = [$"drop database if exists {quoted} with (force)"];
        if (WasThere)
        {
            statements.Add($"create database {quoted}");
        }

        await DoAsync(other, statements, ct);
    }

    private static async Task<long> CountAsync(string connection, CancellationToken ct)
    {
        await using var open = await OpenAsync(connection, ct);
        await using var command = new NpgsqlCommand(CountTables, open);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task DoAsync(string connection, IEnumerable<string> statements, CancellationToken ct)
    {
        await using var open = await OpenAsync(connection, ct);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, open);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connection, CancellationToken ct)
    {
        var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        try
        {
            await open.OpenAsync(ct);
            return open;
        }
        catch (NpgsqlException e)
        {
            await open.DisposeAsync();
            throw new SimulatorException($"The database does not answer: {e.Message} Start it with scripts/services.sh up.");
        }
    }
}

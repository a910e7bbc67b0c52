using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>How far readers of the log are, each under a name of its own. What is done and the progress are one transaction, or the progress comes after.</summary>
internal static class LogProgress
{
    /// <summary>Of whoever tells the world what no message has triggered.</summary>
    public const string Facts = "facts";

    public const string Table = LedgerSetup.SchemaName + ".log_progress";

    /// <summary>Makes the table.</summary>
    public const string Create = $"create table if not exists {Table} (name text primary key, sequence bigint not null)";

    /// <summary>The last sequence that this reader has done; 0: none. Others of that name wait until the transaction ends.</summary>
    public static async Task<long> LockAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"insert into {Table} (name, sequence) values (@name, 0) on conflict (name) do update set sequence = {Table}.sequence returning sequence", connection);
        command.Parameters.AddWithValue("name", name);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>As <see cref="LockAsync"/>, without waiting for anybody.</summary>
    public static async Task<long> ReadAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select sequence from {Table} where name = @name", connection);
        command.Parameters.AddWithValue("name", name);
        return await command.ExecuteScalarAsync(cancellation) as long? ?? 0;
    }

    public static async Task WriteAsync(NpgsqlConnection connection, string name, long sequence, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"insert into {Table} (name, sequence) values (@name, @sequence) on conflict (name) do update set sequence = @sequence", connection);
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("sequence", sequence);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

using System.Globalization;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>
/// The read model that finds the instances of a host at a moment without reading the log: from when to when an instance had to do with a host. It is written from the log,
/// behind the decisions and by whoever comes to it first: the leader every few seconds, else who asks. What it says of an instance comes from that instance's stream alone, so
/// that it can be thrown away and made again at any time, and a page that is done twice does no harm.
/// </summary>
/// <param name="source">The log's database.</param>
/// <param name="version">Which version of it; one that no program asks yet can be made and filled beforehand.</param>
internal sealed class Presence(NpgsqlDataSource source, int version = Presence.Current)
{
    /// <summary>
    /// Rises when what is kept changes. Each version has a table and a progress of its own: a new one is filled from the log's beginning while programs of the
    /// older version go on with theirs.
    /// </summary>
    public const int Current = 1;

    private const int Page = 5_000;

    // A box of time and host, as PostgreSQL has a tree for boxes but none for (text, range) without an extension.
    private const string Box = "box(point(extract(epoch from since), hashtext(host)), point(extract(epoch from until), hashtext(host)))";
    private const string Spans = $"select stream, host, since, until, {Box} from unnest(@streams, @hosts, @since, @until) as spans (stream, host, since, until)";
    private const string Touched = $"select distinct stream_id from {LoggedEvent.Table} where seq_id > @after and seq_id <= @upTo and left(stream_id, 9) = 'instance-'";

    private const string At =
        $"""
        select stream from {Table} where since <= @at and until > @at and (@host is null or host = @host)
          and span && case when @host is null
            then box(point(extract(epoch from @at) - 0.001, '-infinity'), point(extract(epoch from @at) + 0.001, 'infinity'))
            else box(point(extract(epoch from @at) - 0.001, hashtext(@host)), point(extract(epoch from @at) + 0.001, hashtext(@host))) end
        """;

    public const string Table = LedgerSetup.SchemaName + ".presence_1";

    /// <summary>Under this name is how far the version that is asked has come.</summary>
    public static readonly string Name = NameOf(Current);

    private readonly string name = NameOf(version), table = TableOf(version);

    /// <summary>Makes the table of a version.</summary>
    public static string CreateOf(int version) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        create table if not exists {TableOf(version)} (stream text not null, host text not null, since timestamptz not null, until timestamptz not null, span box not null,
          primary key (stream, host, since));
        create index if not exists presence_{version}_span on {TableOf(version)} using gist (span);
        """);

    /// <summary>Reads on in the log up to its settled end.</summary>
    public async Task CatchUpAsync(CancellationToken cancellation)
    {
        while (await StepAsync(cancellation))
        {
        }
    }

    /// <summary>How many sequence numbers it is behind.</summary>
    public async Task<long> BehindAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        var progress = await LogProgress.ReadAsync(connection, name, cancellation);
        return await LogHorizon.SettledAsync(connection, progress, int.MaxValue, cancellation) - progress;
    }

    /// <summary>Empties it; it is filled again from the log's beginning.</summary>
    public async Task RebuildAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LogProgress.LockAsync(connection, name, cancellation);
        await ExecuteAsync(connection, $"delete from {table}", cancellation);
        await LogProgress.WriteAsync(connection, name, 0, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The streams of the instances that had to do with the host at a moment; of any host when null. Of one moment with what else the connection's transaction reads.</summary>
    public static async Task<IReadOnlyList<string>> StreamsAsync(NpgsqlConnection connection, string? host, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(At, connection);
        command.Parameters.AddWithValue("at", at);
        command.Parameters.Add(new NpgsqlParameter<string?>("host", NpgsqlTypes.NpgsqlDbType.Text) { TypedValue = host });
        return await TextsAsync(command, cancellation);
    }

    /// <summary>All of it.</summary>
    public static async Task<IReadOnlyList<PresenceSpan>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation, int version = Current)
    {
        await using var command = new NpgsqlCommand($"select stream, host, since, until from {TableOf(version)}", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<PresenceSpan>();
        while (await rows.ReadAsync(cancellation))
        {
            var span = new PresenceSpan(rows.GetString(0), rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2), rows.GetFieldValue<DateTimeOffset>(3));
            found.Add(span);
        }

        return found;
    }

    private static string NameOf(int version) => string.Create(CultureInfo.InvariantCulture, $"presence-{version}");

    private static string TableOf(int version) => string.Create(CultureInfo.InvariantCulture, $"{LedgerSetup.SchemaName}.presence_{version}");

    private async Task<bool> StepAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        var seen = await LogProgress.ReadAsync(connection, name, cancellation);
        var settled = await LogHorizon.SettledAsync(connection, seen, Page, cancellation);
        if (settled == seen)
        {
            return false;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await LogProgress.LockAsync(connection, name, cancellation) == seen)
        {
            await using var touched = new NpgsqlCommand(Touched, connection) { Parameters = { new("after", seen), new("upTo", settled) } };
            await WriteAsync(connection, [.. await TextsAsync(touched, cancellation)], cancellation);
            await LogProgress.WriteAsync(connection, name, settled, cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return true;
    }

    private async Task WriteAsync(NpgsqlConnection connection, string[] streams, CancellationToken cancellation)
    {
        if (streams.Length == 0)
        {
            return;
        }

        using var stories = new LogCommand(connection).Where("stream_id = any(@streams)", "streams", streams);
        var events = await stories.ReadAsync("stream_id, version", int.MaxValue, cancellation);
        var spans = events.GroupBy(change => change.Stream)
            .SelectMany(story => story.Aggregate(new PresenceFold(story.Key), (fold, change) => fold.Apply(EventCodec.Read(change))).Spans).ToList();
        await using var delete = new NpgsqlCommand($"delete from {table} where stream = any(@streams)", connection) { Parameters = { new("streams", streams) } };
        await delete.ExecuteNonQueryAsync(cancellation);
        await using var insert = new NpgsqlCommand($"insert into {table} {Spans}", connection);
        insert.Parameters.AddWithValue("streams", spans.Select(span => span.Stream).ToArray());
        insert.Parameters.AddWithValue("hosts", spans.Select(span => span.Host).ToArray());
        insert.Parameters.AddWithValue("since", spans.Select(span => span.Since).ToArray());
        insert.Parameters.AddWithValue("until", spans.Select(span => span.Until).ToArray());
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<IReadOnlyList<string>> TextsAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<string>();
        while (await rows.ReadAsync(cancellation))
        {
            found.Add(rows.GetString(0));
        }

        return found;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

using NovaNetBus.Domain.Addressing;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>An event as it is stored.</summary>
/// <param name="Sequence">Its place in the whole log; rises, with gaps.</param>
/// <param name="Stream">What it is about.</param>
/// <param name="Version">Its place in its stream, from 1 without gaps.</param>
/// <param name="Type">Its stored name.</param>
/// <param name="At">UTC of the database's clock; all events of one commit have the same, and a decision a later one than all that it was made from.</param>
/// <param name="Host">Where it was decided or seen.</param>
/// <param name="Program">Which program wrote it.</param>
/// <param name="CausationId">The message that caused it; null: none.</param>
/// <param name="CorrelationId">The instance's id, or the request's.</param>
/// <param name="User">Who asked: the broker's user; null: not told.</param>
/// <param name="Data">The event itself, as JSON.</param>
/// <param name="Actions">What a host did before it, as a JSON list of sentences; null: nothing.</param>
public sealed record LoggedEvent(
    long Sequence, string Stream, long Version, string Type, DateTimeOffset At, string? Host, string? Program, string? CausationId, string? CorrelationId,
    string? User, string Data, string? Actions = null)
{
    internal const string Table = LedgerSetup.SchemaName + ".mt_events";

    internal const string Columns =
        "seq_id, stream_id, version, type, timestamp, headers ->> 'host', headers ->> 'program', causation_id, correlation_id, user_name, data, headers ->> 'actions'";

    /// <summary>The place that Marten fills where an append failed is no event.</summary>
    internal const string IsEvent = "type <> 'tombstone'";

    /// <summary>From a row of <see cref="Columns"/>.</summary>
    internal static LoggedEvent Read(NpgsqlDataReader row)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return new LoggedEvent(
            row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
            Text(5), Text(6), Text(7), Text(8), Text(9), row.GetString(10), Text(11));
    }
}

/// <summary>Which events are asked for; null: any. All that is given must hold.</summary>
/// <param name="Since">The first moment.</param>
/// <param name="Until">The last moment.</param>
/// <param name="Instance">The events of its stream, and all others that were caused for its sake.</param>
/// <param name="Address">A fixed or floating address.</param>
/// <param name="Project">What names the project, and what was caused for the sake of its instances.</param>
/// <param name="Host">What happened on it, or to it.</param>
/// <param name="Networks">What happened to these networks and to addresses of them; empty: no network has the name that was given.</param>
/// <param name="Type">The stored name.</param>
public sealed record EventFilter(
    DateTimeOffset? Since = null, DateTimeOffset? Until = null, Guid? Instance = null, Ipv4? Address = null, string? Project = null, string? Host = null,
    IReadOnlyList<Guid>? Networks = null, string? Type = null);

using JasperFx;
using JasperFx.Events;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>What an exception of the store means.</summary>
internal static class StoreFaults
{
    // The class of "the administrator ends or restarts the server".
    private const string Intervention = "57P";

    private static readonly string[] RaceStates =
    [
        PostgresErrorCodes.UniqueViolation, PostgresErrorCodes.SerializationFailure, PostgresErrorCodes.DeadlockDetected,
    ];

    /// <summary>Somebody else wrote what this decision was made from: read again, decide again.</summary>
    public static bool IsLostRace(Exception exception) => Causes(exception).Any(cause =>
        cause is EventStreamUnexpectedMaxEventIdException or ConcurrencyException or ExistingStreamIdCollisionException
            or Marten.Exceptions.ExistingStreamIdCollisionException or DocumentAlreadyExistsException
        || (cause is PostgresException fault && RaceStates.Contains(fault.SqlState)));

    /// <summary>The database is not there, or cannot work now. No other work would fare better.</summary>
    public static bool IsOutage(Exception exception) => !IsLostRace(exception) && Causes(exception).Any(cause => cause is PostgresException fault
        ? fault.IsTransient || fault.SqlState.StartsWith(Intervention, StringComparison.Ordinal)
        : cause is NpgsqlException or TimeoutException or OperationCanceledException);

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
            if (cause is AggregateException { InnerExceptions: var several })
            {
                foreach (var inner in several.SelectMany(Causes))
                {
                    yield return inner;
                }

                yield break;
            }
        }
    }
}

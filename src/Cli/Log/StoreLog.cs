using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Log;

/// <summary>The log where it is stored.</summary>
/// <param name="connectionString">An Npgsql connection string; null when none is configured.</param>
internal sealed class StoreLog(string? connectionString) : ILogWork
{
    /// <inheritdoc />
    public Task<VerifyReport> Verify(Action<long> progress, CancellationToken stop) => throw NotServed();

    /// <inheritdoc />
    public Task<ReplayReport> Replay(string into, Action<long> progress, CancellationToken stop) => throw NotServed();

    private Exception NotServed() => connectionString is null
        ? new NoConnectionException("no database is configured: set ConnectionStrings__Postgres (scripts/services.sh writes it to .services/env)")
        : new RefusedException(ErrorCodes.NotSupported, "This version cannot work through the log itself; 'novanet events export' writes it.");
}

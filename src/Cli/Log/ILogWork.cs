using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Log;

/// <summary>
/// Long work on the whole log, done here against the database, so that no scheduler is held up by it.
/// Each throws <see cref="Rpc.NoConnectionException"/> when the database cannot be had.
/// </summary>
internal interface ILogWork
{
    /// <summary>Makes every read model anew from the events alone and compares it with what stands.</summary>
    /// <param name="progress">Is told now and then how many events were read.</param>
    Task<VerifyReport> Verify(Action<long> progress, CancellationToken stop);

    /// <summary>Fills an empty store with the same world. Throws <see cref="Rpc.RefusedException"/> when it is not empty.</summary>
    /// <param name="into">An Npgsql connection string.</param>
    /// <param name="progress">Is told now and then how many events were read.</param>
    Task<ReplayReport> Replay(string into, Action<long> progress, CancellationToken stop);
}

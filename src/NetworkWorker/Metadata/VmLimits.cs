using System.Threading.RateLimiting;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>
/// What one VM may ask of the worker, so that none can starve the others or the worker: enough for several booting clients at once, which ask some
/// sixty questions each.
/// </summary>
internal sealed class VmLimits : IDisposable
{
    public const int Connections = 16, Burst = 400, PerSecond = 100;

    private readonly PartitionedRateLimiter<VmPlace> connections = PartitionedRateLimiter.Create<VmPlace, VmPlace>(place =>
        RateLimitPartition.GetConcurrencyLimiter(place, _ => new ConcurrencyLimiterOptions { PermitLimit = Connections }));

    private readonly PartitionedRateLimiter<VmPlace> questions = PartitionedRateLimiter.Create<VmPlace, VmPlace>(place =>
        RateLimitPartition.GetTokenBucketLimiter(place, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst,
            TokensPerPeriod = PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));

    /// <summary>One more connection; to be disposed with it. Null: it has enough, or comes too often.</summary>
    public IDisposable? Connect(VmPlace place)
    {
        var lease = connections.AttemptAcquire(place);
        if (lease.IsAcquired && Ask(place))
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    /// <summary>One more question; false: it asks too often.</summary>
    public bool Ask(VmPlace place)
    {
        using var lease = questions.AttemptAcquire(place);
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        connections.Dispose();
        questions.Dispose();
    }
}

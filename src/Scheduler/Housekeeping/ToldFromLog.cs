using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using NovaNetBus.Scheduler.Admin;
using FloatingEvents = NovaNetBus.Domain.FloatingIps;
using InstanceEvents = NovaNetBus.Domain.Instances;
using Lease = NovaNetBus.Domain.FixedIps;

namespace NovaNetBus.Scheduler.Housekeeping;

/// <summary>Tells the world what no message has triggered: leases, what housekeeping let go of, moves of networks, floating IPs that went along with something else. At least once, in the order of the log; the message id is the event's own.</summary>
internal sealed class ToldFromLog(FactsFromLog log, AddressHistory addresses, Queries queries, FactPublisher publisher) : ILeaderTask
{
    public string Name => "Telling what is in the log";

    public Task RunAsync(CancellationToken leading) => log.RunAsync(TellAsync, leading);

    private async Task TellAsync(EventToTell told, CancellationToken cancellation)
    {
        foreach (var (place, one) in (await FactsAsync(told, cancellation)).Index())
        {
            await publisher.PublishAsync(one.Fact, one.Host, one.Correlation, null, cancellation, SeededId.At(told.Id, place).ToString());
        }
    }

    /// <summary>None: whoever recorded it has told it, or there is nobody whom it concerns.</summary>
    private async Task<IReadOnlyList<ToldFact>> FactsAsync(EventToTell told, CancellationToken cancellation) => told.Event switch
    {
        FixedIpLeaseStarted e => await HolderAsync(e, told.Stored.At, cancellation) is { } instance
            ? [new ToldFact(new FixedIpLeased(e.Address.ToString(), e.Mac.ToString(), instance, e.Host), e.Host, instance)]
            : [],
        Lease.FixedIpLeaseEnded e => await HolderAsync(e, told.Stored.At, cancellation) is { } instance
            ? [new ToldFact(new Contracts.FixedIpLeaseEnded(e.Address.ToString(), e.Mac.ToString(), instance, e.Host), e.Host, instance)]
            : [],
        NetworkHostSet e => [new ToldFact(new NetworkHostChanged(e.NetworkId, e.From, e.Host, e.Reason), e.Host, e.NetworkId)],
        FloatingEvents.FloatingIpDisassociated e => await LeftAsync(e, told.Stored.CausationId, cancellation),
        InstanceEvents.InstanceNetworkReleased when told.Stored.Program == "novanet-scheduler" => await ReleasedAsync(Guid.Parse(told.Stored.CorrelationId!), cancellation),
        _ => [],
    };

    private Task<Guid?> HolderAsync(FixedIpLeaseEvent lease, DateTimeOffset at, CancellationToken cancellation) =>
        addresses.LastGivenToAsync(lease.Address, lease.Mac, at, cancellation);

    /// <summary>
    /// A floating IP that went without being asked for: it leads elsewhere now, or what it led to is gone. What its instance has now is told too, if nothing else of it has changed;
    /// else the message that changed it tells that.
    /// </summary>
    private async Task<IReadOnlyList<ToldFact>> LeftAsync(FloatingEvents.FloatingIpDisassociated left, string? cause, CancellationToken cancellation)
    {
        if (left.NeverLed || (left.Request is not null && left.Request == cause))
        {
            return [];
        }

        var fact = new ToldFact(Hosting.Facts.Disassociated(left), left.Host, left.InstanceId);
        return await queries.InstanceAsync(left.InstanceId, cancellation) is { } entry && entry.State.Ports.Any(port => port.Address == left.FixedIp) && Rows.ConfiguredOf(entry) is { } configured
            ? [fact, new ToldFact(configured, configured.Host, left.InstanceId)]
            : [fact];
    }

    private async Task<IReadOnlyList<ToldFact>> ReleasedAsync(Guid instanceId, CancellationToken cancellation) =>
        await queries.InstanceAsync(instanceId, cancellation) is { State: var state }
            ? [new ToldFact(Hosting.Facts.Released(state, state.Host ?? ""), state.Host ?? "", instanceId)]
            : [];

    private sealed record ToldFact(object Fact, string Host, Guid About)
    {
        public string Correlation => About.ToString();
    }
}

/// <summary>Keeps the read model of the past close behind the log, so that who asks of the past need not wait for it.</summary>
internal sealed class PastKept(TimeTravel travel, TimeProvider clock) : ILeaderTask
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public string Name => "Keeping the past";

    public async Task RunAsync(CancellationToken leading)
    {
        while (true)
        {
            await travel.CatchUpAsync(leading);
            await Task.Delay(Interval, clock, leading);
        }
    }
}

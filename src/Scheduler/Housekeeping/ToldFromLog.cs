using NovaNetBus.Contracts;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using FloatingEvents = NovaNetBus.Domain.FloatingIps;
using InstanceEvents = NovaNetBus.Domain.Instances;
using Lease = NovaNetBus.Domain.FixedIps;

namespace NovaNetBus.Scheduler.Housekeeping;

/// <summary>Tells the world what no message has triggered: leases, what housekeeping let go of, moves of networks. At least once, in the order of the log; the message id is the event's own.</summary>
internal sealed class ToldFromLog(FactsFromLog log, AddressHistory addresses, Queries queries, FactPublisher publisher) : ILeaderTask
{
    public string Name => "Telling what is in the log";

    public Task RunAsync(CancellationToken leading) => log.RunAsync(TellAsync, leading);

    private async Task TellAsync(EventToTell told, CancellationToken cancellation)
    {
        if (await FactAsync(told, cancellation) is var (fact, host, correlation))
        {
            await publisher.PublishAsync(fact, host, correlation, null, cancellation, told.Id.ToString());
        }
    }

    /// <summary>Null: whoever recorded it has told it, or there is nobody whom it concerns.</summary>
    private async Task<(object Fact, string Host, string Correlation)?> FactAsync(EventToTell told, CancellationToken cancellation) => told.Event switch
    {
        FixedIpLeaseStarted e => await HolderAsync(e, told.Stored.At, cancellation) is { } instance
            ? (new FixedIpLeased(e.Address.ToString(), e.Mac.ToString(), instance, e.Host), e.Host, instance.ToString())
            : null,
        Lease.FixedIpLeaseEnded e => await HolderAsync(e, told.Stored.At, cancellation) is { } instance
            ? (new Contracts.FixedIpLeaseEnded(e.Address.ToString(), e.Mac.ToString(), instance, e.Host), e.Host, instance.ToString())
            : null,
        NetworkHostSet e => (new NetworkHostChanged(e.NetworkId, e.From, e.Host, e.Reason), e.Host, e.NetworkId.ToString()),
        _ when told.Stored.Program != "novanet-scheduler" => null,
        InstanceEvents.InstanceNetworkReleased => await ReleasedAsync(Guid.Parse(told.Stored.CorrelationId!), cancellation),
        FloatingEvents.FloatingIpAssociated e =>
            (new FloatingIpAssociated(e.Address.ToString(), e.FixedIp.ToString(), e.InstanceId, e.Host), e.Host, e.InstanceId.ToString()),
        FloatingEvents.FloatingIpDisassociated e =>
            (new FloatingIpDisassociated(e.Address.ToString(), e.FixedIp.ToString(), e.InstanceId, e.Host), e.Host, e.InstanceId.ToString()),
        _ => null,
    };

    private Task<Guid?> HolderAsync(FixedIpLeaseEvent lease, DateTimeOffset at, CancellationToken cancellation) =>
        addresses.LastGivenToAsync(lease.Address, lease.Mac, at, cancellation);

    private async Task<(object, string, string)?> ReleasedAsync(Guid instanceId, CancellationToken cancellation) =>
        await queries.InstanceAsync(instanceId, cancellation) is { State: var state }
            ? (Hosting.Facts.Released(state, state.Host ?? ""), state.Host ?? "", instanceId.ToString())
            : null;
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

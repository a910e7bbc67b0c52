using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>fixed reserve and fixed unreserve.</summary>
internal sealed class FixedCommands(FixedIpLedger ledger, Queries queries, NovaNetOptions options, TimeProvider clock)
{
    /// <summary>The address as it stands then.</summary>
    public async Task<object?> ReserveAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var address = arguments.Required("ip");
        return await RowOfAsync(address, await ledger.ReserveAsync(address, clock.GetUtcNow(), OriginOf(delivery), cancellation), cancellation);
    }

    /// <summary>The address as it stands then.</summary>
    public async Task<object?> UnreserveAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var address = arguments.Required("ip");
        return await RowOfAsync(address, await ledger.UnreserveAsync(address, clock.GetUtcNow(), OriginOf(delivery), cancellation), cancellation);
    }

    private async Task<FixedIpRow?> RowOfAsync(string address, Refusal? refusal, CancellationToken cancellation) => refusal is not null
        ? throw new RefusedException(refusal.Code, refusal.Message)
        : await queries.FixedIpAsync(Ipv4.Parse(address), clock.GetUtcNow(), cancellation) is { } entry ? Rows.Of(entry) : null;

    private Origin OriginOf(Delivery delivery) => new(delivery.MessageId, delivery.CorrelationId ?? Guid.NewGuid().ToString(), options.Host, delivery.UserId);
}

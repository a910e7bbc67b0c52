using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>The group <c>floating</c>: ranges and pools, and who has which address.</summary>
internal sealed class FloatingCommands(FloatingLedger ledger, FloatingQueries queries, NovaNetOptions options, TimeProvider clock)
{
    public async Task<object?> CreateAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var range = arguments.Required("ip-range");
        var command = new CreateFloatingRange(range, arguments.Text("pool") ?? options.DefaultFloatingPool, arguments.Text("interface"), clock.GetUtcNow());
        return RowOf(range, Accepted(await ledger.CreateAsync(command, OriginOf(delivery), cancellation)));
    }

    public async Task<object?> DeleteAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var range = arguments.Required("ip-range");
        return RowOf(range, Accepted(await ledger.DeleteAsync(range, clock.GetUtcNow(), OriginOf(delivery), cancellation)));
    }

    public async Task<object?> ListAsync(AdminArguments arguments, CancellationToken cancellation) =>
        (await queries.ListAsync(arguments.Text("host"), arguments.Text("pool"), arguments.Text("project"), cancellation)).Select(Rows.Of).ToArray();

    public async Task<object?> PoolsAsync(CancellationToken cancellation) =>
        (await queries.PoolsAsync(cancellation)).Select(pool => new FloatingPoolRow(pool.Name, pool.Total, pool.Allocated, pool.Associated, pool.Free)).ToArray();

    /// <summary>A range may lie in several pools when it is deleted.</summary>
    private static FloatingRangeRow RowOf(string range, ValueList<FloatingPoolChange> changes) =>
        new(range, string.Join(", ", changes.Select(change => change.Pool)), changes[0].Interface, changes.Sum(change => change.Count));

    private static ValueList<T> Accepted<T>(Decision<T> decision) => decision switch
    {
        Decision<T>.Accepted accepted => accepted.Events,
        Decision<T>.Refused refused => throw new RefusedException(refused.Refusal.Code, refused.Refusal.Message),
        _ => throw new InvalidOperationException($"{decision.GetType().Name} is not known"),
    };

    private Origin OriginOf(Delivery delivery) => new(delivery.MessageId, delivery.CorrelationId ?? Guid.NewGuid().ToString(), options.Host, delivery.UserId);
}

using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;
using NovaNetBus.Scheduler.Routing;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>The group <c>floating</c>: ranges and pools, and who has which address.</summary>
internal sealed class FloatingCommands(FloatingLedger ledger, FloatingQueries queries, Queries instances, FloatingRouter router, WorkerCalls workers, NovaNetOptions options, TimeProvider clock)
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

    public async Task<object?> AllocateAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var command = new AllocateFloating(
            arguments.Required("project"), arguments.Text("pool") ?? options.DefaultFloatingPool, options.QuotaFloatingIps, clock.GetUtcNow());
        var outcome = Done(await ledger.AllocateAsync(command, OriginOf(delivery), cancellation));
        return await RowAsync(outcome.Floating!.Value, cancellation);
    }

    public async Task<object?> ReleaseAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var outcome = Done(await ledger.ReleaseAsync(arguments.Required("ip"), arguments.Required("project"), clock.GetUtcNow(), OriginOf(delivery), cancellation));
        return await RowAsync(outcome.Floating!.Value, cancellation);
    }

    /// <summary>In the name of the address's project. The host that has the next thing to do for it is asked.</summary>
    public async Task<object?> AssociateAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        arguments.Required("instance");
        var instance = arguments.Id("instance")!.Value;
        var (address, project) = await OwnedAsync(arguments.Required("ip"), cancellation);
        if (await instances.InstanceAsync(instance, cancellation) is null)
        {
            throw new RefusedException(ErrorCodes.InstanceNotFound, $"There is no instance {instance}; see 'novanet instance list'.");
        }

        var message = new FloatingAssociate(instance, project, address.ToString(), FixedIp: arguments.Text("fixed"));
        var way = await queries.WayToAssociateAsync(FloatingTranslation.ToCommand(message, options, clock.GetUtcNow()), cancellation);
        await workers.AskAsync<Contracts.FloatingIpAssociated>(message, await HostOfAsync(way, cancellation), delivery, cancellation);
        return await RowAsync(address, cancellation);
    }

    public async Task<object?> DisassociateAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var (address, project) = await OwnedAsync(arguments.Required("ip"), cancellation);
        var way = await queries.WayToDisassociateAsync(address.ToString(), project, request: null, cancellation);
        await workers.AskAsync<Contracts.FloatingIpDisassociated>(new FloatingDisassociate(address.ToString(), project), await HostOfAsync(way, cancellation), delivery, cancellation);
        return await RowAsync(address, cancellation);
    }

    private async Task<string> HostOfAsync(FloatingWay way, CancellationToken cancellation) => way is FloatingWay.Refused { Refusal: var refusal }
        ? throw new RefusedException(refusal.Code, refusal.Message)
        : await router.HostOfAsync(way, cancellation) ?? throw new RefusedException(ErrorCodes.HostNotFound, "No worker is known on any host; start novanet-worker.");

    private static InstanceOutcome Done(InstanceOutcome outcome) =>
        outcome.Refusal is { } refusal ? throw new RefusedException(refusal.Code, refusal.Message) : outcome;

    /// <summary>An address that a project has.</summary>
    private async Task<(Ipv4 Address, string ProjectId)> OwnedAsync(string text, CancellationToken cancellation)
    {
        var entry = Ipv4.TryParse(text, out var address) ? await queries.FindAsync(address, cancellation) : null;
        var floating = entry?.Floating ?? throw new RefusedException(ErrorCodes.FloatingIpNotFound, $"There is no floating IP {text}; see 'novanet floating list'.");
        return (address, floating.ProjectId ?? throw new RefusedException(
            ErrorCodes.Forbidden, $"{address} is not allocated to a project; allocate one with 'novanet floating allocate'."));
    }

    private async Task<FloatingIpRow> RowAsync(Ipv4 address, CancellationToken cancellation) =>
        await queries.FindAsync(address, cancellation) is { } entry
            ? Rows.Of(entry)
            : throw new RefusedException(ErrorCodes.FloatingIpNotFound, $"{address} has left its pool meanwhile.");

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

using NovaNetBus.Contracts;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;
using NovaNetBus.Ledger.Log;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>What the log tells: events, who held an address, what was so at a moment.</summary>
internal sealed class EventCommands(EventLog log, AddressHistory addresses, TimeTravel travel, LogRetention retention, TimeProvider clock)
{
    private const int UsualLimit = 1000, LargestLimit = 10_000;

    public async Task<object?> ListAsync(AdminArguments arguments, CancellationToken cancellation)
    {
        var limit = arguments.Number("limit") ?? UsualLimit;
        if (limit is < 1 or > LargestLimit)
        {
            throw new RefusedException(ErrorCodes.InvalidRequest, $"limit must be 1 to {LargestLimit}.");
        }

        var network = arguments.Text("network");
        var filter = new EventFilter(
            arguments.Time("since"), arguments.Time("until"), arguments.Id("instance"), arguments.Text("address") is null ? null : arguments.Address("address"),
            arguments.Text("project"), arguments.Text("host"), network is null ? null : await log.NetworksAsync(network, cancellation), arguments.Text("type"));
        var events = await log.ListAsync(filter, arguments.Number64("after"), limit, cancellation);
        return events.Select(EventRows.Of).ToArray();
    }

    /// <summary>What ended before the log's horizon is left out.</summary>
    public async Task<object?> HistoryAsync(AdminArguments arguments, CancellationToken cancellation)
    {
        var spans = await addresses.SpansAsync(arguments.Address("ip"), cancellation);
        var horizon = await retention.HorizonAsync(cancellation);
        return EventRows.Joined(spans.Where(span => horizon is null || span.Until is null || span.Until > horizon).Select(EventRows.Of));
    }

    public async Task<object?> OwnerAsync(AdminArguments arguments, CancellationToken cancellation)
    {
        var at = At(arguments);
        var owner = await addresses.OwnerAsync(arguments.Address("ip"), at, cancellation);
        await RefuseBeforeHorizonAsync(at, cancellation);
        return EventRows.Of(owner);
    }

    public async Task<object?> StateAsync(AdminArguments arguments, CancellationToken cancellation)
    {
        var at = At(arguments);
        var world = await travel.WorldAsync(at, cancellation);
        await RefuseBeforeHorizonAsync(at, cancellation);
        return new WorldState(
            at, world.Sequence, [.. world.Networks.Select(Rows.Of)], [.. world.FixedIps.Select(Rows.Of)], [.. world.Floatings.Select(Rows.Of)],
            [.. world.Instances.Select(instance => Rows.Of(instance))]);
    }

    /// <summary>What the plan makes of what the host had to serve then and of the options that its worker had.</summary>
    public async Task<object?> RenderAsync(AdminArguments arguments, CancellationToken cancellation)
    {
        var (host, at, format) = (arguments.Required("host"), At(arguments), arguments.Text("format") ?? "nft");
        var then = await travel.HostAsync(host, at, cancellation);
        await RefuseBeforeHorizonAsync(at, cancellation);
        if (then.Record is not { Settings: { } settings, StatePath: { } statePath })
        {
            throw new RefusedException(ErrorCodes.HostNotFound, $"No worker had started on host '{host}' by {at:O}; see 'novanet events list --host {host}'.");
        }

        var state = HostPlanner.Plan(then.Content.ViewOf(host, settings));
        var rendering = new HostRendering(host, at, then.Sequence, format, null, null, null);
        return format switch
        {
            "nft" => rendering with { Nft = HostStateText.Nft(state) },
            "dnsmasq" => rendering with { Dnsmasq = [.. HostStateText.Dnsmasq(state, statePath).Select(file => new RenderedFile(file.Path, file.Content))] },
            "json" => rendering with { State = HostStateText.Json(state) },
            _ => throw new RefusedException(ErrorCodes.InvalidRequest, "format must be nft, dnsmasq or json."),
        };
    }

    /// <summary>Asked behind the answer: nothing is missing from that unless the horizon was there before.</summary>
    private async Task RefuseBeforeHorizonAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        if (await retention.HorizonAsync(cancellation) is { } horizon && at < horizon)
        {
            throw new RefusedException(
                ErrorCodes.BeforeLogHorizon, $"The log tells what was so from {horizon:O} on (log_keep_days); what was before is in the exports that were made of it.");
        }
    }

    /// <summary>A moment that is still to come is now.</summary>
    private DateTimeOffset At(AdminArguments arguments)
    {
        var now = clock.GetUtcNow();
        return arguments.Time("at") is { } at && at < now ? at : now;
    }
}

using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Options;
using InstanceNetworkReleased = NovaNetBus.Contracts.InstanceNetworkReleased;

namespace NovaNetBus.Scheduler.Routing;

/// <summary>Where an event goes that the broker could not route.</summary>
internal abstract record Route
{
    /// <summary>To the worker of this host.</summary>
    public sealed record ToWorker(string Host) : Route;

    /// <summary>Nowhere: what it asks for has been done.</summary>
    public sealed record Done(InstanceNetworkReleased Fact) : Route;

    /// <summary>Nowhere; its publisher is told why.</summary>
    public sealed record Refused(InstanceNetworkFailed Failure) : Route;
}

/// <summary>Finds the host of an event that no worker's queue took.</summary>
internal sealed class Router(IHostDirectory hosts, NovaNetOptions options)
{
    private readonly RecentSpawnings recent = new();

    /// <summary>
    /// The way when it is the event's turn among all that came: ways are found side by side, and one that is about an instance nobody knows yet goes where that instance's spawning
    /// has gone before it.
    /// </summary>
    public Route InTurn(Route found, Guid? instanceId, object message)
    {
        if (found is Route.ToWorker worker && message is InstanceSpawning spawning && worker.Host != spawning.Host)
        {
            recent.Remember(spawning.InstanceId, worker.Host);
        }

        return found is Route.Refused { Failure.Code: ErrorCodes.HostNotFound or ErrorCodes.InstanceNotFound } && instanceId is { } id && recent.Find(id) is { } acting
            ? new Route.ToWorker(acting)
            : found;
    }

    /// <summary>
    /// To the named host, if it is known: its queue keeps the event until the worker runs. To a host that acts for it, if it has no worker and each of the networks has one host
    /// that serves it.
    /// </summary>
    public async Task<Route> OfSpawningAsync(InstanceSpawning message, CancellationToken cancellation)
    {
        if (await hosts.IsKnownAsync(message.Host, cancellation))
        {
            return new Route.ToWorker(message.Host);
        }

        var networks = await hosts.NetworksAsync(cancellation);
        var requested = (message.Networks ?? []).Select(network => new NetworkRequest(network?.Network ?? "", null, null)).ToValueList();
        return NetworkSelection.For(options.NetworkManager, message.ProjectId, requested, networks) switch
        {
            Decision<SelectedNetwork>.Accepted selected => await ToUnattendedAsync(message.InstanceId, message.Host, [.. selected.Events.Select(one => one.Network)], cancellation),
            Decision<SelectedNetwork>.Refused { Refusal: var why } when networks.Any(network => network.HasOneHost) => Refuse(message.InstanceId, message.Host, why),
            _ => HostNotFound(message.InstanceId, message.Host),
        };
    }

    /// <summary>
    /// To the named host; without one that is known, to the host that the instance was allocated for, or one that acts for it. Of an instance that ended with its host it is told
    /// again.
    /// </summary>
    public async Task<Route> OfDeletedAsync(InstanceDeleted message, CancellationToken cancellation)
    {
        if (message.Host is { } named && await hosts.IsKnownAsync(named, cancellation))
        {
            return new Route.ToWorker(named);
        }

        if (await HostOfAsync(message.InstanceId, cancellation) is { } host)
        {
            return new Route.ToWorker(host);
        }

        if (await hosts.InstanceAsync(message.InstanceId, cancellation) is { Status: InstanceStatus.Released, Host: { } last } ended)
        {
            return new Route.Done(Facts.Released(ended, last));
        }

        return message.Host is { } unknown
            ? HostNotFound(message.InstanceId, unknown)
            : Refuse(message.InstanceId, null, new Refusal(ErrorCodes.InstanceNotFound, $"Instance {message.InstanceId} is not known, and the message names no host."));
    }

    /// <summary>
    /// To the host where it is now, if that is known: its queue keeps the event until the worker runs. A host without a worker cannot take it over: whoever has the instance does so
    /// in its place.
    /// </summary>
    public async Task<Route> OfMigratedAsync(InstanceMigrated message, CancellationToken cancellation)
    {
        if (await hosts.IsKnownAsync(message.DestinationHost, cancellation))
        {
            return new Route.ToWorker(message.DestinationHost);
        }

        if (await hosts.InstanceAsync(message.InstanceId, cancellation) is not { Ports.Count: > 0 } state)
        {
            return HostNotFound(message.InstanceId, message.DestinationHost);
        }

        var networks = await NetworksOfAsync(state, cancellation);
        return UnattendedHost.WhyNot(message.DestinationHost, networks) is null && await HostOfAsync(message.InstanceId, cancellation) is { } host
            ? new Route.ToWorker(host)
            : HostNotFound(message.InstanceId, message.DestinationHost);
    }

    /// <summary>Of a running instance: to the host where it is, or one that acts for it.</summary>
    public async Task<Route> OfInstanceAsync(Guid instanceId, CancellationToken cancellation) =>
        await HostOfAsync(instanceId, cancellation) is { } host
            ? new Route.ToWorker(host)
            : Refuse(instanceId, null, new Refusal(ErrorCodes.InstanceNotFound, $"Instance {instanceId} is on no host that is known; publish its spawning first."));

    /// <summary>Where the instance is, if a worker is known there; or whose worker acts for it. Null: nobody's.</summary>
    private async Task<string?> HostOfAsync(Guid instanceId, CancellationToken cancellation) => await hosts.InstanceAsync(instanceId, cancellation) switch
    {
        { Host: { } host } when await hosts.IsKnownAsync(host, cancellation) => host,
        { Status: InstanceStatus.Released } => null,
        { IsAttended: false } or { Status: InstanceStatus.Failed, IsLettingGo: false } => await hosts.ActingForAsync(instanceId, cancellation),
        _ => null,
    };

    private async Task<Route> ToUnattendedAsync(Guid instanceId, string host, IReadOnlyList<Network> networks, CancellationToken cancellation) =>
        UnattendedHost.WhyNot(host, networks) is { } why ? Refuse(instanceId, host, why)
        : await hosts.ActingForAsync(networks, cancellation) is { } acting ? new Route.ToWorker(acting)
        : HostNotFound(instanceId, host);

    private async Task<IReadOnlyList<Network>> NetworksOfAsync(InstanceNetwork state, CancellationToken cancellation) =>
        [.. (await hosts.NetworksAsync(cancellation)).Where(network => state.Ports.Any(port => port.NetworkId == network.Id))];

    private static Route.Refused HostNotFound(Guid instanceId, string host) => Refuse(
        instanceId, host, new Refusal(ErrorCodes.HostNotFound, $"No worker is known on host '{host}'; start novanet-worker there, or correct the name.", Retryable: true));

    private static Route.Refused Refuse(Guid instanceId, string? host, Refusal why) => new(new InstanceNetworkFailed(instanceId, host, why.Code, why.Message, why.Retryable));
}

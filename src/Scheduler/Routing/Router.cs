using NovaNetBus.Contracts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Hosting;
using NovaNetBus.Ledger;
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

/// <summary>What is known of hosts.</summary>
internal interface IHostDirectory
{
    /// <summary>True for a host that has had a worker, and was not forgotten since.</summary>
    Task<bool> IsKnownAsync(string host, CancellationToken cancellation);

    /// <summary>Where the instance is or was; null: not known.</summary>
    Task<string?> HostOfInstanceAsync(Guid instanceId, CancellationToken cancellation);

    /// <summary>What is to be told of an instance that has ended; null: it has not, or nothing is known of it.</summary>
    Task<InstanceNetworkReleased?> ReleasedAsync(Guid instanceId, CancellationToken cancellation);
}

/// <summary>As the ledger has it.</summary>
internal sealed class LedgerHostDirectory(HostRegistry hosts, Queries queries) : IHostDirectory
{
    public Task<bool> IsKnownAsync(string host, CancellationToken cancellation) => hosts.IsKnownAsync(host, cancellation);

    public Task<string?> HostOfInstanceAsync(Guid instanceId, CancellationToken cancellation) => queries.HostOfInstanceAsync(instanceId, cancellation);

    public async Task<InstanceNetworkReleased?> ReleasedAsync(Guid instanceId, CancellationToken cancellation) =>
        await queries.InstanceAsync(instanceId, cancellation) is { State: { Status: InstanceStatus.Released, Host: { } host } state } ? Facts.Released(state, host) : null;
}

/// <summary>Finds the host of an event that no worker's queue took.</summary>
internal sealed class Router(IHostDirectory hosts)
{
    /// <summary>To the named host, if it is known: its queue keeps the event until the worker runs.</summary>
    public async Task<Route> OfSpawningAsync(InstanceSpawning message, CancellationToken cancellation) =>
        await hosts.IsKnownAsync(message.Host, cancellation)
            ? new Route.ToWorker(message.Host)
            : HostNotFound(message.InstanceId, message.Host);

    /// <summary>To the named host; without one that is known, to the host that the instance was allocated for. Of an instance that ended with its host it is told again.</summary>
    public async Task<Route> OfDeletedAsync(InstanceDeleted message, CancellationToken cancellation)
    {
        if (message.Host is { } named && await hosts.IsKnownAsync(named, cancellation))
        {
            return new Route.ToWorker(named);
        }

        if (await hosts.HostOfInstanceAsync(message.InstanceId, cancellation) is { } last && await hosts.IsKnownAsync(last, cancellation))
        {
            return new Route.ToWorker(last);
        }

        if (await hosts.ReleasedAsync(message.InstanceId, cancellation) is { } released)
        {
            return new Route.Done(released);
        }

        return message.Host is { } unknown
            ? HostNotFound(message.InstanceId, unknown)
            : Refuse(message.InstanceId, null, ErrorCodes.InstanceNotFound, $"Instance {message.InstanceId} is not known, and the message names no host.", retryable: false);
    }

    /// <summary>To the host where it is now, if that is known: its queue keeps the event until the worker runs.</summary>
    public async Task<Route> OfMigratedAsync(InstanceMigrated message, CancellationToken cancellation) =>
        await hosts.IsKnownAsync(message.DestinationHost, cancellation)
            ? new Route.ToWorker(message.DestinationHost)
            : HostNotFound(message.InstanceId, message.DestinationHost);

    /// <summary>Of a running instance: to the host where it is.</summary>
    public async Task<Route> OfInstanceAsync(Guid instanceId, CancellationToken cancellation) =>
        await hosts.HostOfInstanceAsync(instanceId, cancellation) is { } host && await hosts.IsKnownAsync(host, cancellation)
            ? new Route.ToWorker(host)
            : Refuse(instanceId, null, ErrorCodes.InstanceNotFound, $"Instance {instanceId} is on no host that is known; publish its spawning first.", retryable: false);

    private static Route.Refused HostNotFound(Guid instanceId, string host) => Refuse(
        instanceId, host, ErrorCodes.HostNotFound, $"No worker is known on host '{host}'; start novanet-worker there, or correct the name.", retryable: true);

    private static Route.Refused Refuse(Guid instanceId, string? host, string code, string message, bool retryable) =>
        new(new InstanceNetworkFailed(instanceId, host, code, message, retryable));
}

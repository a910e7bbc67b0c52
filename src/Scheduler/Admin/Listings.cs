using NovaNetBus.Contracts;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using NovaNetBus.Scheduler.NetworkHosts;
using NovaNetBus.Scheduler.Routing;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>What operators may read, as the rows of the contracts.</summary>
internal sealed class Listings(Election election, Queries queries, HostViews views, HostRegistry hosts, TimeProvider clock)
{
    public async Task<object?> NetworksAsync(CancellationToken cancellation) =>
        (await queries.NetworksAsync(cancellation)).Select(Rows.Of).ToArray();

    public async Task<object?> NetworkAsync(AdminArguments arguments, CancellationToken cancellation) =>
        await queries.NetworkAsync(arguments.Required("network"), cancellation) is { } summary ? Rows.Of(summary) : throw NoNetwork(arguments.Required("network"));

    /// <summary>All networks, in order.</summary>
    public async Task<IReadOnlyList<Network>> AllAsync(CancellationToken cancellation) => [.. (await queries.NetworksAsync(cancellation)).Select(summary => summary.Network)];

    /// <summary>These networks, in order; without those that are gone by now.</summary>
    public async Task<IReadOnlyList<NetworkRow>> RowsOfAsync(IReadOnlySet<Guid> networkIds, CancellationToken cancellation) =>
        [.. (await queries.NetworksAsync(cancellation)).Where(summary => networkIds.Contains(summary.Network.Id)).Select(Rows.Of)];

    public async Task<object?> FixedIpsAsync(AdminArguments arguments, CancellationToken cancellation)
    {
        var network = arguments.Text("network");
        if (network is not null && await queries.NetworkAsync(network, cancellation) is null)
        {
            throw NoNetwork(network);
        }

        var entries = await queries.FixedIpsAsync(arguments.Text("host"), network, arguments.Text("project"), clock.GetUtcNow(), cancellation);
        return entries.Select(Rows.Of).ToArray();
    }

    /// <summary>The networks are read host by host, not instance by instance, but for those that no worker of their host has.</summary>
    public async Task<object?> InstancesAsync(CancellationToken cancellation)
    {
        var instances = await queries.InstancesAsync(cancellation);
        var served = new Dictionary<string, HostContent>();
        foreach (var host in instances.Where(instance => instance.IsOnHost && instance.IsAttended).Select(instance => instance.Host).OfType<string>().Distinct())
        {
            served[host] = await views.ReadAsync(host, cancellation);
        }

        var entries = new List<InstanceEntry>();
        foreach (var instance in instances)
        {
            var on = served.GetValueOrDefault(instance.Host ?? "");
            var unattended = instance.IsOnHost && !instance.IsAttended ? await queries.InstanceAsync(instance.InstanceId, cancellation) : null;
            entries.Add(unattended ?? new InstanceEntry(instance, on?.Networks ?? [], on?.Settings));
        }

        return entries.Select(Rows.Of).ToArray();
    }

    public async Task<object?> InstanceAsync(AdminArguments arguments, CancellationToken cancellation)
    {
        arguments.Required("id");
        var id = arguments.Id("id")!.Value;
        return await queries.InstanceAsync(id, cancellation) is { } entry
            ? Rows.Of(entry)
            : throw new RefusedException(ErrorCodes.InstanceNotFound, $"There is no instance {id}; see 'novanet instance list'.");
    }

    public async Task<object?> HostsAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var standings = (await election.StandingsAsync(cancellation)).ToDictionary(standing => standing.Name);
        return (await hosts.ListAsync(cancellation)).Select(host => Rows.Of(host, WorkerWatch.IsAlive(host, now), standings.GetValueOrDefault(host.Host))).ToArray();
    }

    public async Task<object?> HostAsync(AdminArguments arguments, CancellationToken cancellation)
    {
        var name = arguments.Required("host");
        return (await hosts.ListAsync(cancellation)).FirstOrDefault(host => host.Host == name) is { } entry
            ? Rows.Of(entry, WorkerWatch.IsAlive(entry, clock.GetUtcNow()), (await election.StandingsAsync(cancellation)).FirstOrDefault(standing => standing.Name == name))
            : throw new RefusedException(ErrorCodes.HostNotFound, $"There is no host '{name}'; see 'novanet host list'.");
    }

    private static RefusedException NoNetwork(string network) => new(ErrorCodes.NetworkNotFound, $"There is no network '{network}'; see 'novanet network list'.");
}

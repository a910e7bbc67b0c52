using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>The world with fresh databases and queues of its own, and how it all goes away again.</summary>
internal static class DemoSetup
{
    /// <summary>Takes away what an earlier run left, then lays out a new world.</summary>
    public static async Task<DemoState> UpAsync(StateDirectory state, WorldLayout layout, IReadOnlyList<Site> sites, CancellationToken ct)
    {
        await DownAsync(state, ct);
        List<Region> regions = [];
        foreach (var (index, site) in sites.Index())
        {
            var queues = await DemoQueues.ClaimAsync(site.Connections.RabbitMq, site.Hosts, ct);
            regions.Add(new Region(await DemoDatabase.CreateAsync(site.Connections, index, ct), site.Connections.RabbitMq, queues, site.Hosts, site.SchedulerAt));
        }

        var made = new DemoState(regions);
        await new World(state).UpAsync(layout, sites[0].Connections with { Postgres = regions[0].Database.Connection }, ct);
        state.Write(made, DemoState.FileName);
        return made;
    }

    /// <summary>Nothing happens when there is nothing.</summary>
    public static async Task DownAsync(StateDirectory state, CancellationToken ct)
    {
        var made = state.Read<DemoState>(DemoState.FileName);
        await DemoPrograms.StopAsync(state, ct);
        await new World(state).DownAsync(ct);
        foreach (var region in made?.Regions ?? [])
        {
            await region.Database.RemoveAsync(ct);
            await DemoQueues.RemoveAsync(region.Broker, region.Queues, ct);
        }
    }
}

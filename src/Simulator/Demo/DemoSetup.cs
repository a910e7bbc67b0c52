using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>The world with a fresh database and queues of its own, and how it all goes away again.</summary>
internal static class DemoSetup
{
    /// <summary>Takes away what an earlier run left, then lays out a new world.</summary>
    public static async Task<DemoState> UpAsync(StateDirectory state, Connections connections, CancellationToken ct)
    {
        await DownAsync(state, ct);
        var queues = await DemoQueues.ClaimAsync(connections.RabbitMq, ct);
        var made = new DemoState(await DemoDatabase.CreateAsync(connections, ct), connections.RabbitMq, queues);
        await new World(state).UpAsync(connections with { Postgres = made.Database.Connection }, ct);
        state.Write(made, DemoState.FileName);
        return made;
    }

    /// <summary>Nothing happens when there is nothing.</summary>
    public static async Task DownAsync(StateDirectory state, CancellationToken ct)
    {
        var made = state.Read<DemoState>(DemoState.FileName);
        await DemoPrograms.StopAsync(state, ct);
        await new World(state).DownAsync(ct);
        if (made is not null)
        {
            await made.Database.RemoveAsync(ct);
            await DemoQueues.RemoveAsync(made.Broker, made.Queues, ct);
        }
    }
}

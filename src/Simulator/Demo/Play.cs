using NovaNetBus.Simulator.Demo.Stories;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>A whole story, from nothing to nothing.</summary>
/// <param name="bin">Folder of the four programs.</param>
/// <param name="logs">Folder for their output.</param>
internal sealed class Play(StateDirectory state, string bin, string logs, IStory story, StepLog log)
{
    /// <returns>Whether every step held.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<Connections> connections, bool keep, CancellationToken ct)
    {
        try
        {
            await PlayAsync(connections, ct);
        }
        finally
        {
            if (!keep)
            {
                await log.TakeAsync("nothing is left behind", () => LeaveAsync(CancellationToken.None), CancellationToken.None);
            }
        }

        return log.Report.Passed;
    }

    private async Task PlayAsync(IReadOnlyList<Connections> connections, CancellationToken ct)
    {
        var staging = story.Staging;
        DemoState? made = null;
        if (!await log.TakeAsync($"{(staging.Layout.Hosts.Count == 2 ? "two" : "four")} hosts and an outside are laid out", LayOutAsync, ct))
        {
            return;
        }

        var stages = made!.Regions.Select(region => new Stage(state, bin, logs, staging, region)).ToList();
        try
        {
            if (await log.TakeAsync("scheduler and workers start and are ready", () => StartProgramsAsync(stages, ct), ct))
            {
                foreach (var (name, step) in story.Steps(stages, ct))
                {
                    await log.TakeAsync(name, step, ct);
                }
            }
        }
        finally
        {
            foreach (var stage in stages)
            {
                await stage.DisposeAsync();
            }
        }

        async Task<Proof> LayOutAsync()
        {
            made = await DemoSetup.UpAsync(state, staging.Layout, staging.Sites(connections), ct);
            var databases = staging.EachHostAlone ? "each host with a fresh database and a broker of its own, which it reaches" : "a fresh database; broker and database are reached";
            return new Proof(true, $"{string.Join(", ", staging.Layout.Namespaces)}; {databases} on {(staging.EachHostAlone ? "its" : "each host's")} own loopback");
        }
    }

    private static async Task<Proof> StartProgramsAsync(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        foreach (var stage in stages)
        {
            stage.Programs.StartScheduler();
            stage.Hosts.ToList().ForEach(host => stage.Programs.StartWorker(host));
        }

        var told = await Task.WhenAll(stages.Select(stage => ReadyAsync(stage, ct)));
        return new Proof(told.All(one => one.Holds), "novanet host list: " + string.Join(told.Length > 1 ? "; that of the other: " : "", told.Select(one => one.Evidence)));
    }

    private static async Task<Proof> ReadyAsync(Stage stage, CancellationToken ct)
    {
        await stage.Programs.WaitForSchedulerAsync(ct);
        foreach (var host in stage.Hosts)
        {
            await stage.Programs.WaitForWorkerAsync(host, ct);
        }

        await stage.ConnectAsync(ct);
        var hosts = await stage.Operator.HostsAsync(ct);
        return new Proof(
            stage.Hosts.Order(StringComparer.Ordinal).SequenceEqual(hosts.Where(row => row.Alive).Select(row => row.Host).Order(StringComparer.Ordinal)),
            string.Join(", ", hosts.Select(h => $"{h.Host} {(h.Alive ? "alive" : "not alive")}")));
    }

    private async Task<Proof> LeaveAsync(CancellationToken ct)
    {
        var leftovers = await Leftovers.CollectAsync(state, ct);
        await DemoSetup.DownAsync(state, ct);
        return await leftovers.CheckAsync(ct);
    }
}

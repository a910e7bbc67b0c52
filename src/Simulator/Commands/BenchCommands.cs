using System.CommandLine;
using NovaNetBus.Simulator.Load;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Commands;

/// <summary><c>bench main</c> and the others: what scripts/bench.sh calls.</summary>
internal static class BenchCommands
{
    public static Command Create()
    {
        var bench = new Command("bench", "Figures (root); see scripts/bench.sh.") { CommonOptions.State };
        bench.Add(MainJob());
        bench.Add(Log());
        bench.Add(Allocation());
        bench.Add(Floating());
        return bench;
    }

    private static Command Allocation()
    {
        var bin = new Option<string>("--bin") { Description = "Folder of the programs.", DefaultValueFactory = _ => AppContext.BaseDirectory };
        var logs = new Option<string>("--logs") { Description = "Not used: the writers have nothing to say." };
        var json = new Option<string?>("--json") { Description = "File for {name, machine, commit, at, results}." };
        var commit = new Option<string>("--commit") { Description = "What is measured.", DefaultValueFactory = _ => "unknown" };
        var alloc = new Command("alloc", "Eight writers on one /16, from empty to full.") { bin, logs, json, commit };
        alloc.SetAction(async (parsed, ct) =>
        {
            var report = await new AllocBench(Path.GetFullPath(parsed.GetRequiredValue(bin)), Console.Out).RunAsync(Connections.Required(), parsed.GetRequiredValue(commit), ct);
            if (parsed.GetValue(json) is { } file)
            {
                CommonOptions.Save(file, report);
            }

            return ExitCodes.Done;
        });
        return alloc;
    }

    private static Command Floating()
    {
        var json = new Option<string?>("--json") { Description = "File for {name, machine, commit, at, results}." };
        var commit = new Option<string>("--commit") { Description = "What is measured.", DefaultValueFactory = _ => "unknown" };
        var inside = new Option<string?>("--inside") { Description = "Of the benchmark itself: this process is in its host's namespace; a file for the figures.", Hidden = true };
        var floating = new Command("floating", "One more floating IP at 10 and at 10,000, and a packet's first round trip; against iptables.") { json, commit, inside };
        floating.TreatUnmatchedTokensAsErrors = false; // scripts/bench.sh tells every benchmark where the programs are
        floating.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(inside) is { } figures)
            {
                FloatingBenchWorld.MeasureInside(figures, Console.Out);
                return ExitCodes.Done;
            }

            var report = await FloatingBenchWorld.RunAsync(parsed.GetRequiredValue(commit), Console.Out, ct);
            if (parsed.GetValue(json) is { } file)
            {
                CommonOptions.Save(file, report);
            }

            return ExitCodes.Done;
        });
        return floating;
    }

    private static Command Log()
    {
        var json = new Option<string?>("--json") { Description = "File for {name, machine, commit, at, results}." };
        var commit = new Option<string>("--commit") { Description = "What is measured.", DefaultValueFactory = _ => "unknown" };
        var log = new Command("log", "A log of 100,000 and of 1,000,000 events: size, questions of the past, verify.") { json, commit };
        log.TreatUnmatchedTokensAsErrors = false; // scripts/bench.sh tells every benchmark where the programs are
        log.SetAction(async (parsed, ct) =>
        {
            var report = await new LogBench(Console.Out).RunAsync(Connections.Required(), parsed.GetRequiredValue(commit), ct);
            if (parsed.GetValue(json) is { } file)
            {
                CommonOptions.Save(file, report);
            }

            return ExitCodes.Done;
        });
        return log;
    }

    private static Command MainJob()
    {
        var bin = new Option<string>("--bin") { Description = "Folder of the programs.", DefaultValueFactory = _ => AppContext.BaseDirectory };
        var logs = new Option<string>("--logs") { Description = "Folder for the programs' output.", Required = true };
        var json = new Option<string?>("--json") { Description = "File for {name, machine, commit, at, results}." };
        var commit = new Option<string>("--commit") { Description = "What is measured.", DefaultValueFactory = _ => "unknown" };
        var main = new Command("main", "Spawning published to configured received: alone, 64 and 256 in flight.") { bin, logs, json, commit };
        main.SetAction(async (parsed, ct) =>
        {
            Directory.CreateDirectory(parsed.GetRequiredValue(logs));
            var bench = new MainBench(
                CommonOptions.StateOf(parsed), Path.GetFullPath(parsed.GetRequiredValue(bin)), Path.GetFullPath(parsed.GetRequiredValue(logs)), Console.Out);
            var report = await bench.RunAsync(Connections.Required(), parsed.GetRequiredValue(commit), ct);
            if (parsed.GetValue(json) is { } file)
            {
                CommonOptions.Save(file, report);
            }

            return ExitCodes.Done;
        });
        return main;
    }
}

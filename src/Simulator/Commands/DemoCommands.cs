using System.CommandLine;
using NovaNetBus.Simulator.Demo;
using NovaNetBus.Simulator.Demo.Stories;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Commands;

/// <summary><c>demo run|down</c>: what scripts/demo.sh calls once services and programs are there.</summary>
internal static class DemoCommands
{
    public static Command Create()
    {
        var demo = new Command("demo", "The whole story with real packets (root); see scripts/demo.sh.") { CommonOptions.State };
        demo.Add(Run());
        demo.Add(Down());
        return demo;
    }

    private static Command Run()
    {
        var bin = new Option<string>("--bin") { Description = "Folder of the programs.", DefaultValueFactory = _ => AppContext.BaseDirectory };
        var logs = new Option<string>("--logs") { Description = "Folder for the programs' output.", Required = true };
        var json = new Option<string?>("--json") { Description = "File for {passed, steps}." };
        var keep = new Option<bool>("--keep") { Description = "Leave all running." };
        var model = new Option<string>("--model") { Description = "The network manager: flat, flatdhcp or vlan.", DefaultValueFactory = _ => StoryBook.DefaultModel };
        var deployment = new Option<string>("--deployment") { Description = "multi, single or all-in-one.", DefaultValueFactory = _ => StoryBook.DefaultDeployment };
        var further = new Option<string[]>("--further-broker") { Description = "all-in-one: a virtual host for the second machine, as an amqp:// URI on the same port." };
        model.AcceptOnlyFromAmong([.. StoryBook.Models]);
        deployment.AcceptOnlyFromAmong([.. StoryBook.Deployments]);
        var run = new Command("run", "Plays a story; exit 0 when every step held.") { model, deployment, further, bin, logs, json, keep };
        run.SetAction(async (parsed, ct) =>
        {
            var state = CommonOptions.StateOf(parsed);
            var first = Connections.Required();
            IReadOnlyList<Connections> connections = [first, .. (parsed.GetValue(further) ?? []).Select(broker => first with { RabbitMq = broker })];
            var log = new StepLog(Console.Out);
            Directory.CreateDirectory(parsed.GetRequiredValue(logs));
            var programs = Path.GetFullPath(parsed.GetRequiredValue(bin));
            var story = StoryBook.Find(parsed.GetRequiredValue(model), parsed.GetRequiredValue(deployment));
            var play = new Play(state, programs, Path.GetFullPath(parsed.GetRequiredValue(logs)), story, log);
            try
            {
                return await play.RunAsync(connections, parsed.GetValue(keep), ct) ? ExitCodes.Done : ExitCodes.Refused;
            }
            finally
            {
                log.PrintTable();
                if (parsed.GetValue(json) is { } file)
                {
                    CommonOptions.Save(file, log.Report);
                }
            }
        });
        return run;
    }

    private static Command Down()
    {
        var down = new Command("down", "Takes away a demo that was kept.");
        down.SetAction(async (parsed, ct) =>
        {
            await DemoSetup.DownAsync(CommonOptions.StateOf(parsed), ct);
            return ExitCodes.Done;
        });
        return down;
    }
}

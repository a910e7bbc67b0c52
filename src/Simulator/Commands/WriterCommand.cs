using System.CommandLine;
using NovaNetBus.Simulator.Load;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Commands;

/// <summary><c>writer</c>: hidden; what the benchmark of allocation and a test start eight of.</summary>
internal static class WriterCommand
{
    public static Command Create()
    {
        var host = new Option<string>("--host") { Required = true };
        var network = new Option<string>("--network") { Required = true };
        var command = new Command("writer", "Writes to the ledger as the worker of a host does; follows its standard input.") { host, network };
        command.Hidden = true;
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = await Writer.ConnectAsync(Connections.Required().Postgres!, ct);
            await new Writer(parsed.GetRequiredValue(host), parsed.GetRequiredValue(network), services).RunAsync(Console.In, Console.Out, ct);
            return ExitCodes.Done;
        });
        return command;
    }
}

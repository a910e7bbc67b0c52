using System.CommandLine;
using NovaNetBus.Simulator;
using NovaNetBus.Simulator.Commands;
using RabbitMQ.Client.Exceptions;

var root = new RootCommand("Plays the compute service and its VMs, for demos, proofs and load.");
root.Add(WorldCommands.Create());
root.Add(VmCommands.Create());
root.Add(PacketCommands.Create());
root.Add(DemoCommands.Create());
root.Add(BenchCommands.Create());
root.Add(ForwardCommand.Create());
root.Add(WriterCommand.Create());

var parsed = root.Parse(args);
try
{
    var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
}
catch (SimulatorException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCodes.Refused;
}
catch (BrokerUnreachableException e)
{
    Console.Error.WriteLine($"The broker does not answer: {e.InnerException?.Message ?? e.Message} Start it with scripts/services.sh up.");
    return ExitCodes.NoConnection;
}

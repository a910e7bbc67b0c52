using System.CommandLine;
using NovaNetBus.Simulator.Compute;
using NovaNetBus.Simulator.Vms;
using NovaNetBus.Simulator.Worlds;
using Spectre.Console;

namespace NovaNetBus.Simulator.Commands;

/// <summary><c>vm start|list|stop</c>.</summary>
internal static class VmCommands
{
    public static Command Create()
    {
        var vm = new Command("vm", "VMs of a running world (root).") { CommonOptions.State, CommonOptions.Timeout, CommonOptions.Output };
        vm.Add(Start());
        vm.Add(List());
        vm.Add(Stop());
        return vm;
    }

    private static Command Start()
    {
        var name = new Argument<string>("name") { Description = "Its name; its namespace is nn-vm-NAME." };
        var host = new Option<string>("--host") { Description = "The host it runs on.", Required = true };
        var project = new Option<string>("--project") { Description = "Its project.", Required = true };
        var network = new Option<string?>("--network") { Description = "Id or label of the network; without it, what the network manager gives." };
        var address = new Option<string?>("--address") { Description = "The fixed IP wanted, of that network." };
        var start = new Command("start", "Asks for an instance's network, plugs the VM and returns when its DHCP client is bound.") { name, host, project, network, address };
        start.SetAction(async (parsed, ct) =>
        {
            var state = CommonOptions.StateOf(parsed);
            await using var compute = await ComputeService.ConnectAsync(Connections.Find(state).RabbitMq, ct);
            var order = new VmOrder(
                parsed.GetRequiredValue(name), parsed.GetRequiredValue(host), parsed.GetRequiredValue(project), parsed.GetValue(network), parsed.GetValue(address));
            var vm = await new VmRunner(state, compute, CommonOptions.TimeoutOf(parsed)).StartAsync(order, ct);
            CommonOptions.Print(vm.Vm);
            return ExitCodes.Done;
        });
        return start;
    }

    private static Command List()
    {
        var list = new Command("list", "The VMs that run.");
        list.SetAction(parsed =>
        {
            var vms = new VmRegister(CommonOptions.StateOf(parsed)).All();
            if (parsed.GetRequiredValue(CommonOptions.Output) == "json")
            {
                CommonOptions.Print(vms.Select(v => v.Vm));
            }
            else
            {
                PrintTable(vms);
            }

            return ExitCodes.Done;
        });
        return list;
    }

    private static Command Stop()
    {
        var name = new Argument<string>("name") { Description = "The VM." };
        var stop = new Command("stop", "Ends the VM, unplugs it and waits until its network is released.") { name };
        stop.SetAction(async (parsed, ct) =>
        {
            var state = CommonOptions.StateOf(parsed);
            await using var compute = await ComputeService.ConnectAsync(Connections.Find(state).RabbitMq, ct);
            var released = await new VmRunner(state, compute, CommonOptions.TimeoutOf(parsed)).StopAsync(parsed.GetRequiredValue(name), ct);
            CommonOptions.Print(released);
            return ExitCodes.Done;
        });
        return stop;
    }

    private static void PrintTable(IReadOnlyList<RunningVm> vms)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("name", "host", "project", "address", "mac", "port", "instance");
        foreach (var vm in vms)
        {
            string[] row = [vm.Vm.Name, vm.Vm.Host, vm.ProjectId, vm.Vm.Address, vm.Vm.MacAddress, vm.Vm.PortName, vm.Vm.InstanceId.ToString()];
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        if (Console.IsOutputRedirected)
        {
            // Nothing to fit into: a row stays a line.
            AnsiConsole.Profile.Width = 200;
        }

        AnsiConsole.Write(table);
    }
}

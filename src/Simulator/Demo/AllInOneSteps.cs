using NovaNetBus.Domain.Addressing;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>Two machines, each with all of it, on one wire outside: the same network, the same addresses, and they do not disturb each other.</summary>
/// <param name="stages">One for each machine.</param>
/// <param name="bridge">Of the network, on both.</param>
/// <param name="uplinks">What is in it beside the VMs.</param>
internal sealed class AllInOneSteps(IReadOnlyList<Stage> stages, string bridge, params string[] uplinks)
{
    private const string ThePublicNic = "eth0", TheWire = "public", Nobody = "198.51.100.250";

    // Both machines give out these.
    private static readonly string[] Addresses = ["10.0.0.20", "10.0.0.21"];

    private readonly Dictionary<string, string> _publicNics = [];

    /// <summary>Name of a VM: the machine's letter and a number.</summary>
    private static string NameOf(Stage stage, int number) => $"{stage.Hosts[0][^1]}-{number}";

    public async Task<Proof> NicsThatLeadNowhereAsync(string nic, CancellationToken ct)
    {
        foreach (var stage in stages)
        {
            await OperatorHands.MakeNicAsync(stage.Hosts[0], nic, ct);
        }

        return new Proof(true, $"on each: ip link add {nic} type dummy");
    }

    /// <param name="ct">Ends it.</param>
    /// <param name="more">Options of <c>network create</c>.</param>
    public async Task<Proof> SameNetworkOnBothAsync(CancellationToken ct, params string[] more)
    {
        List<string> told = [];
        foreach (var stage in stages)
        {
            _publicNics[stage.Hosts[0]] = await PublicNicAsync(stage, ct);
            var made = (await stage.Operator.CreateNetworkAsync(Stage.Label, Cidr.Parse(Stage.Range), ct, more))[0];
            told.Add($"{stage.Hosts[0]}: {made.Label} {made.Cidr}, bridge {made.Bridge}, NIC {made.BridgeInterface ?? "none"}");
        }

        return new Proof(told.Count == 2, string.Join("; ", told));
    }

    /// <summary>While they boot, the wire is listened to: nothing of a VM's network may be on it.</summary>
    public async Task<Proof> VmsWithTheSameAddressesAsync(CancellationToken ct)
    {
        await using var wire = await Capture.StartAsync(
            WorldPlan.Segment, TheWire, ct, "net", Stage.Range, "or", "udp", "port", "67", "or", "udp", "port", "68", "or", "host", Nobody, "or", "vlan");
        List<string> told = [];
        foreach (var stage in stages)
        {
            foreach (var (number, address) in Addresses.Index())
            {
                var vm = (await stage.StartVmAsync(NameOf(stage, number + 1), stage.Hosts[0], "red", ct, Stage.Label, address)).Vm;
                told.Add($"{vm.Name} on {vm.Host} has {vm.Address}");
            }
        }

        // When what outside asks now has been seen, what came before it has been seen.
        await Ping.CountAsync(WorldPlan.Outside, Nobody, 1, ct);
        var strange = (await wire.SeenUntilAsync(Nobody, ct)).Where(line => !line.Contains(Nobody, StringComparison.Ordinal)).ToList();
        return new Proof(
            strange.Count == 0 && stages.All(stage => stage.Names.Select(name => stage.Vm(name).Vm.Address).SequenceEqual(Addresses)),
            $"{string.Join(", ", told)}; frames of {Stage.Range} or of DHCP on the wire between the machines meanwhile: {strange.Count}{string.Concat(strange.Take(2).Select(line => " " + line))}");
    }

    /// <summary>The neighbour that answers is the one on the same machine, though another has the same address.</summary>
    public async Task<Proof> NeighboursAreTheOwnAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var stage in stages)
        {
            var (from, to) = (stage.Vm(NameOf(stage, 1)).Vm, stage.Vm(NameOf(stage, 2)).Vm);
            var count = await Ping.CountAsync(from.Namespace, to.Address, 5, ct);
            var neighbour = await Tool.RunAsync(ct, "ip", "-n", from.Namespace, "neigh", "show", to.Address);
            holds &= count.Lost == 0 && neighbour.Contains(to.MacAddress, StringComparison.Ordinal);
            told.Add($"{from.Name} → {to.Address}: {count} answered, by {to.MacAddress}, which is {to.Name}");
        }

        return new Proof(holds, string.Join("; ", told));
    }

    public async Task<Proof> BridgesHaveNoNicAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var stage in stages)
        {
            var ports = await PortsAsync(stage, ct);
            var meant = stage.Names.SelectMany(name => stage.Vm(name).Ports).Concat(uplinks);
            holds &= ports.Order(StringComparer.Ordinal).SequenceEqual(meant.Order(StringComparer.Ordinal));
            told.Add($"{stage.Hosts[0]}: {bridge} has {string.Join(' ', ports)}");
        }

        return new Proof(holds, string.Join("; ", told));
    }

    /// <summary>Outside sees two VMs with one address as what they are.</summary>
    public async Task<Proof> LeaveByTheirOwnMachineAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var stage in stages)
        {
            var vm = stage.Vm(NameOf(stage, 1)).Vm;
            var seen = await Visit.OutsideSeesAsync(vm.Namespace, ct);
            holds &= seen == WorldPlan.PublicAddressOf(vm.Host);
            told.Add($"{vm.Name} ({vm.Address}) was seen as {seen}");
        }

        return new Proof(holds, $"{string.Join("; ", told)} by {WorldPlan.OutsideAddress}");
    }

    /// <summary>What once moved to a bridge, again and again, because a network's bridge_interface was eth0.</summary>
    public async Task<Proof> PublicNicsAreAsTheyWereAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var stage in stages)
        {
            var now = await PublicNicAsync(stage, ct);
            holds &= now == _publicNics[stage.Hosts[0]];
            told.Add($"{stage.Hosts[0]}: {now}");
        }

        return new Proof(holds, string.Join("; ", told));
    }

    /// <summary>The founding document's incident, tried again: as the worker's option, and as a network's bridge interface.</summary>
    public async Task<Proof> TheIncidentIsRefusedAsync(CancellationToken ct)
    {
        var stage = stages[0];
        var (host, vm) = (stage.Hosts[0], stage.Vm(NameOf(stage, 1)).Vm);
        await using var ping = Ping.Start(vm.Namespace, WorldPlan.OutsideAddress);
        var option = await stage.Programs.RunWorkerAsync(host, ct, "--flat-interface", ThePublicNic);
        await stage.Operator.CreateNetworkAsync("wrong", Cidr.Parse("10.1.0.0/24"), ct, "--bridge", "br101", "--bridge-interface", ThePublicNic);
        var refused = await RefusalAsync(() => stage.StartVmAsync("wrong", host, "red", ct, "wrong"));
        await stage.Operator.DoAsync(ct, "network", "delete", "wrong");
        var again = await stage.StartVmAsync("later", host, "red", ct, Stage.Label);
        await stage.StopVmAsync("later", ct);
        var count = await ping.StopAsync(ct);
        var same = await PublicNicAsync(stage, ct) == _publicNics[host];
        return new Proof(
            option.ExitCode != 0 && option.Error.Contains(ThePublicNic, StringComparison.Ordinal) && refused.StartsWith("interface-carries-addresses", StringComparison.Ordinal) && same && count is { Lost: 0, Received: > 0 },
            $"novanet-worker --flat-interface eth0: {option.Error.Trim()} (exit {option.ExitCode}). A network with --bridge-interface eth0: {refused}; eth0 {(same ? "is as it was" : "has changed")}; {vm.Name} to the outside meanwhile: {count} answered; "
            + $"without that network a VM starts again, with {again.Vm.Address}");
    }

    private async Task<IReadOnlyList<string>> PortsAsync(Stage stage, CancellationToken ct)
    {
        var lines = await Tool.RunAsync(ct, "ip", "-n", WorldPlan.NamespaceOfHost(stage.Hosts[0]), "-o", "link", "show", "master", bridge);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[1].TrimEnd(':').Split('@')[0])];
    }

    private static async Task<string> RefusalAsync(Func<Task> act)
    {
        try
        {
            await act();
            return "it was not refused.";
        }
        catch (SimulatorException e)
        {
            return e.Message;
        }
    }

    private static async Task<string> PublicNicAsync(Stage stage, CancellationToken ct)
    {
        var name = WorldPlan.NamespaceOfHost(stage.Hosts[0]);
        var link = (await Tool.RunAsync(ct, "ip", "-n", name, "-o", "link", "show", "dev", ThePublicNic)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var addresses = await Tool.RunAsync(ct, "ip", "-n", name, "-o", "-4", "addr", "show", "dev", ThePublicNic);
        var route = await Tool.RunAsync(ct, "ip", "-n", name, "route", "show", "default");
        var master = link.SkipWhile(word => word != "master").Skip(1).FirstOrDefault() ?? "no bridge";
        return $"eth0 has {addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]}, is in {master}; {route.Trim()}";
    }
}

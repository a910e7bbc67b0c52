using NovaNetBus.Contracts;
using NovaNetBus.Simulator.Compute;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Vms;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>Everything that the steps of a region work with, while the demo runs.</summary>
internal sealed class Stage(StateDirectory state, string bin, string logs, Staging staging, Region region) : IAsyncDisposable
{
    public const string Label = "private";
    public const string Range = "10.0.0.0/24";

    private readonly Dictionary<string, (VmOrder Order, InstanceSpawning Spawning, HostNetworkConfigured Configured)> _cast = [];
    private ComputeService? _compute;

    public static TimeSpan Bound { get; } = TimeSpan.FromMinutes(2);

    public StateDirectory State => state;

    public DemoPrograms Programs { get; } = new(state, bin, logs, staging, region);

    public OperatorTool Operator { get; } = new(Path.Combine(bin, "novanet"), region.Environment);

    public string Broker => region.Broker;

    /// <summary>Those that have a worker of this region.</summary>
    public IReadOnlyList<string> Hosts => region.Hosts;

    public ComputeService Compute => _compute ?? throw new SimulatorException("The broker has not been reached.");

    public IReadOnlyCollection<string> Names => _cast.Keys;

    public async Task ConnectAsync(CancellationToken ct) => _compute = await ComputeService.ConnectAsync(region.Broker, ct);

    public RunningVm Vm(string name) => new VmRegister(state).Get(name);

    public (InstanceSpawning Spawning, HostNetworkConfigured Configured) Story(string name) => (_cast[name].Spawning, _cast[name].Configured);

    /// <summary>A compute service's way: the message, the answer, the VM.</summary>
    public async Task<RunningVm> StartVmAsync(string name, string host, string project, CancellationToken ct, string? network = null, string? address = null)
    {
        var order = new VmOrder(name, host, project, network, address);
        var spawning = VmRunner.Spawning(order);
        return await PlugAsync(order, spawning, await Compute.SpawnAsync(spawning, Bound, ct), ct);
    }

    public async Task<RunningVm> PlugAsync(VmOrder order, InstanceSpawning spawning, HostNetworkConfigured configured, CancellationToken ct)
    {
        var vm = await new VmRunner(state, Compute, Bound).PlugAsync(order, configured, ct);
        _cast[order.Name] = (order, spawning, configured);
        return vm;
    }

    /// <summary>A compute service's way: the old host is told, the NIC goes, the new host is told, and the NIC comes as its answer says.</summary>
    public async Task<RunningVm> MoveVmAsync(string name, string host, CancellationToken ct)
    {
        var (order, spawning, _) = _cast[name];
        var (vm, configured) = await new VmRunner(state, Compute, Bound).MoveAsync(name, host, ct);
        _cast[name] = (order with { Host = host }, spawning, configured);
        return vm;
    }

    public async Task<InstanceNetworkReleased> StopVmAsync(string name, CancellationToken ct)
    {
        var released = await new VmRunner(state, Compute, Bound).StopAsync(name, ct);
        _cast.Remove(name);
        return released;
    }

    /// <summary>Has a VM's DHCP client renew its lease now.</summary>
    public async Task<Lease> RenewAsync(string name, CancellationToken ct)
    {
        var vm = Vm(name);
        var file = DhcpClient.LeaseFile(new VmRegister(state).FolderOf(name), VmPlug.NicName(0));
        var before = File.GetLastWriteTimeUtc(file);
        vm.DhcpClients[0].Send(Signal.User1);
        return await Wait.UntilAsync(() => File.GetLastWriteTimeUtc(file) > before, Bound, ct)
            ? Lease.Read(file)!
            : throw new SimulatorException($"{name} could not renew its lease of {vm.Vm.Address}.");
    }

    /// <summary>The words of all our rules on a host, counters left out, in an order that does not depend on how the kernel hashes.</summary>
    public static async Task<IReadOnlyList<string>> RulesOfAsync(string host, CancellationToken ct)
    {
        var text = await Tool.RunInAsync(ct, WorldPlan.NamespaceOfHost(host), "nft", "--stateless", "list", "ruleset");
        return [.. text.Split([' ', '\n', '\t', ','], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }

    /// <summary>The lines of the host's dnsmasq lease files.</summary>
    public IReadOnlyList<string> LeasesOf(string host) =>
        [.. Directory.EnumerateFiles(Programs.StatePathOf(host), "leases", SearchOption.AllDirectories).SelectMany(File.ReadAllLines).Where(l => l.Length > 0)];

    public async ValueTask DisposeAsync()
    {
        if (_compute is not null)
        {
            await _compute.DisposeAsync();
        }
    }
}

using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Vms;

/// <summary>The VMs that run, one file each.</summary>
internal sealed class VmRegister(StateDirectory state)
{
    private const string Folder = "vms";

    /// <summary>Where a VM's DHCP client keeps its script, its leases and its log.</summary>
    public string FolderOf(string name) => state.Folder(Folder, name);

    public IReadOnlyList<RunningVm> All() =>
        [.. state.FilesIn(Folder).Where(f => f.EndsWith(".json", StringComparison.Ordinal)).Select(f => state.Read<RunningVm>(Folder, Path.GetFileName(f))!)];

    public RunningVm? Find(string name) => state.Read<RunningVm>(Folder, name + ".json");

    /// <exception cref="SimulatorException">There is none.</exception>
    public RunningVm Get(string name) => Find(name) ?? throw new SimulatorException($"There is no VM {name}; see: novanet-simulator vm list");

    public void Save(RunningVm vm) => state.Write(vm, Folder, vm.Vm.Name + ".json");

    public void Remove(string name)
    {
        state.Remove(Folder, name + ".json");
        state.Remove(Folder, name);
    }
}

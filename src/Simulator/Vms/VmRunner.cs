using System.Text;
using System.Text.RegularExpressions;
using NovaNetBus.Contracts;
using NovaNetBus.Simulator.Compute;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Vms;

/// <summary>Starts and stops VMs in the order in which a compute service does: network first, then the VM; VM gone, then its network.</summary>
internal sealed partial class VmRunner(StateDirectory state, ComputeService compute, TimeSpan bound)
{
    private readonly VmRegister _register = new(state);

    /// <exception cref="SimulatorException">Refused, or not bound in time; nothing of the VM is left then.</exception>
    public async Task<RunningVm> StartAsync(VmOrder order, CancellationToken ct)
    {
        Check(order);
        var spawning = Spawning(order);
        var configured = await compute.SpawnAsync(spawning, bound, ct);
        return await PlugAsync(order, configured, ct);
    }

    /// <summary>The message that asks for the network of a new instance.</summary>
    public static InstanceSpawning Spawning(VmOrder order) => new(
        Guid.NewGuid(), order.ProjectId, order.Host, order.Name,
        order.Network is null ? null : [new RequestedNetwork(order.Network, order.Address)],
        IsVpn: order.IsVpn ? true : null,
        AvailabilityZone: "nova",
        Metadata: new Dictionary<string, string> { ["name"] = order.Name },
        UserData: Convert.ToBase64String(Encoding.UTF8.GetBytes(UserDataOf(order.Name))),
        PublicKeys: new Dictionary<string, string> { ["demo"] = $"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIdemo {order.Name}" });

    /// <summary>What a VM of this name finds as its user data.</summary>
    public static string UserDataOf(string name) => $"#!/bin/sh\necho I am {name}";

    /// <summary>Makes the VM whose network is there.</summary>
    public async Task<RunningVm> PlugAsync(VmOrder order, HostNetworkConfigured configured, CancellationToken ct)
    {
        var name = WorldPlan.NamespaceOfVm(order.Name);
        try
        {
            await NetworkNamespace.CreateAsync(name, ct);
            var vm = await BootAsync(order, configured, ct);
            _register.Save(vm);
            return vm;
        }
        catch
        {
            await TakeAwayAsync(order.Name, order.Host, configured.Vifs.Select(v => v.PortName), CancellationToken.None);
            await compute.DeleteAsync(new InstanceDeleted(configured.InstanceId, order.Host), bound, CancellationToken.None);
            throw;
        }
    }

    public async Task<InstanceNetworkReleased> StopAsync(string name, CancellationToken ct)
    {
        var vm = _register.Get(name);
        foreach (var client in vm.DhcpClients)
        {
            await client.StopAsync(ct);
        }

        await TakeAwayAsync(name, vm.Vm.Host, vm.Ports, ct);
        var released = await compute.DeleteAsync(new InstanceDeleted(vm.Vm.InstanceId, vm.Vm.Host), bound, ct);
        _register.Remove(name);
        return released;
    }

    /// <summary>The VM stays as it is, but for its NICs.</summary>
    public async Task<(RunningVm Vm, HostNetworkConfigured Configured)> MoveAsync(string name, string host, CancellationToken ct)
    {
        var vm = _register.Get(name);
        foreach (var client in vm.DhcpClients)
        {
            await client.StopAsync(ct);
        }

        foreach (var port in vm.Ports)
        {
            await VmPlug.UnplugAsync(vm.Vm.Host, port, ct);
            File.Delete(DhcpClient.LeaseFile(_register.FolderOf(name), VmPlug.NicName(vm.Ports.Index().First(one => one.Item == port).Index)));
        }

        var configured = await compute.MoveAsync(vm.Vm.InstanceId, vm.Vm.Host, host, bound, ct);
        var moved = await BootAsync(new VmOrder(name, host, vm.ProjectId, null, null), configured, ct);
        _register.Save(moved);
        return (moved, configured);
    }

    private async Task<RunningVm> BootAsync(VmOrder order, HostNetworkConfigured configured, CancellationToken ct)
    {
        var name = WorldPlan.NamespaceOfVm(order.Name);
        var folder = _register.FolderOf(order.Name);
        var clients = new List<ProcessIdentity>();
        foreach (var (index, vif) in configured.Vifs.Index())
        {
            await VmPlug.PlugAsync(order.Host, name, index, vif, ct);
            if (vif.DhcpServer is not null)
            {
                clients.Add(DhcpClient.Start(name, VmPlug.NicName(index), order.Name, folder));
            }
        }

        var first = configured.Vifs[0];
        var address = configured.InterfacesFile is { } injected ? await InjectedConfiguration.ApplyAsync(name, injected, ct)
            : clients.Count > 0 ? (await DhcpClient.WaitForLeaseAsync(folder, VmPlug.NicName(0), bound, ct)).Address
            : first.Address;
        var vm = new Vm(configured.InstanceId, order.Name, name, first.PortName, first.MacAddress, address, order.Host);
        return new RunningVm(vm, order.ProjectId, [.. configured.Vifs.Select(v => v.PortName)], clients);
    }

    private async Task TakeAwayAsync(string name, string host, IEnumerable<string> ports, CancellationToken ct)
    {
        foreach (var port in ports)
        {
            await VmPlug.UnplugAsync(host, port, ct);
        }

        await NetworkNamespace.DeleteAsync(WorldPlan.NamespaceOfVm(name), ct);
    }

    private void Check(VmOrder order)
    {
        if (!NameForm().IsMatch(order.Name))
        {
            throw new SimulatorException($"{order.Name} is no name for a VM: 1 to 40 of a-z, 0-9 and -, the first not a -.");
        }

        if (order.Address is not null && order.Network is null)
        {
            throw new SimulatorException("An address is wanted of a network: give --network as well.");
        }

        if (!NetworkNamespace.Exists(WorldPlan.NamespaceOfHost(order.Host)))
        {
            throw new SimulatorException($"There is no host {order.Host} in this world: no network namespace {WorldPlan.NamespaceOfHost(order.Host)}.");
        }

        if (_register.Find(order.Name) is not null || NetworkNamespace.Exists(WorldPlan.NamespaceOfVm(order.Name)))
        {
            throw new SimulatorException($"There is a VM {order.Name} already.");
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$")]
    private static partial Regex NameForm();
}

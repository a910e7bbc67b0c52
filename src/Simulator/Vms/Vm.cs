using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Vms;

/// <summary>A VM, as <c>vm start</c> prints it.</summary>
/// <param name="InstanceId">UUID.</param>
/// <param name="Name">The name that it was started with.</param>
/// <param name="Namespace">Network namespace that plays it: <c>nn-vm-NAME</c>.</param>
/// <param name="PortName">The host's end of its first NIC.</param>
/// <param name="MacAddress">Of its first NIC.</param>
/// <param name="Address">What its DHCP client was given, or its injected file says; not what the message said.</param>
/// <param name="Host">The host it is on.</param>
internal sealed record Vm(Guid InstanceId, string Name, string Namespace, string PortName, string MacAddress, string Address, string Host);

/// <summary>A running VM.</summary>
/// <param name="Vm">What is told of it.</param>
/// <param name="ProjectId">Its project.</param>
/// <param name="Ports">The host's ends of all its NICs.</param>
/// <param name="DhcpClients">One for each NIC.</param>
internal sealed record RunningVm(Vm Vm, string ProjectId, IReadOnlyList<string> Ports, IReadOnlyList<ProcessIdentity> DhcpClients);

/// <summary>What to start.</summary>
/// <param name="Network">Id or label; null: what the network manager gives.</param>
/// <param name="Address">The fixed IP wanted; needs a network.</param>
internal sealed record VmOrder(string Name, string Host, string ProjectId, string? Network, string? Address)
{
    /// <summary>The project's VPN instance.</summary>
    public bool IsVpn { get; init; }
}

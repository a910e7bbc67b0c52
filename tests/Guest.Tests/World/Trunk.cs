using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Netns.Tests.World;

namespace NovaNetBus.Guest.Tests.World;

/// <summary>
/// Two hosts with a tagged trunk between their eth1, and two projects with VMs on both: red (VLAN 100), where each host has a gateway address of its
/// own, and blue (VLAN 101), where both have the same. Set up once, since a guest starts processes slowly.
/// </summary>
public sealed class Trunk : IDisposable
{
    private const int Red = 100, Blue = 101;

    private readonly Lazy<Hosts> hosts = new(() => new Hosts());

    internal VlanHost A => hosts.Value.A;

    internal VlanHost B => hosts.Value.B;

    internal VlanVm RedOnA => hosts.Value.Vms[0];

    internal VlanVm RedOnB => hosts.Value.Vms[1];

    internal VlanVm BlueOnA => hosts.Value.Vms[2];

    internal VlanVm BlueOnB => hosts.Value.Vms[3];

    /// <summary>What passes on the trunk, tags and all, as tcpdump prints it.</summary>
    internal Capture Listen() => new(A.Namespace, "eth1");

    public void Dispose()
    {
        if (hosts.IsValueCreated)
        {
            A.Dispose();
            B.Dispose();
        }
    }

    private sealed class Hosts
    {
        public Hosts()
        {
            A.Namespace.Ip($"link add eth1 type veth peer name eth1 netns {B.Namespace.Name}");
            Serve(A, "10.100.0.2");
            Serve(B, "10.100.0.3");
            Vms = [A.Add(Red, 11), B.Add(Red, 12), A.Add(Blue, 21), B.Add(Blue, 22)];
            A.PlugIn();
            B.PlugIn();
            foreach (var host in (ReadOnlySpan<VlanHost>)[A, B])
            {
                host.AwaitPort("vlan100");
                host.AwaitPort("vlan101");
            }
        }

        public VlanHost A { get; } = new("a");

        public VlanHost B { get; } = new("b");

        public VlanVm[] Vms { get; }

        private static void Serve(VlanHost host, string ownAddress) => host.Networks.AddRange(
        [
            new ServedNetwork(VlanHost.Project(Red, shareAddress: false), Ipv4.Parse(ownAddress)),
            new ServedNetwork(VlanHost.Project(Blue, shareAddress: true), Ipv4.Parse("10.101.0.1")),
        ]);
    }
}

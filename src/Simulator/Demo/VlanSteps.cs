using System.Net;
using System.Net.Sockets;
using System.Text;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Packets;
using NovaNetBus.Simulator.Vms;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>VlanManager: each project has a VLAN, a bridge and a subnet of its own.</summary>
internal sealed class VlanSteps(Stage stage)
{
    /// <summary>Label of the network that the first project gets.</summary>
    public const string FirstLabel = Label + "_0";

    private const string Label = "project", Range = "10.0.0.0/23", Vpn = "vpn";
    private const int FirstVlan = 100, Count = 3, VpnServerPort = 1194;

    private static readonly (string Project, int Vlan)[] Projects = [("red", FirstVlan), ("blue", FirstVlan + 1)];

    /// <summary>Networks that are nobody's yet.</summary>
    public async Task<Proof> NetworksAreMadeAsync(bool multiHost, CancellationToken ct)
    {
        var made = await stage.Operator.CreateNetworksAsync(Label, Range, Projects.Length, ct, "--multi-host", multiHost ? "true" : "false");
        return new Proof(
            made.Select(row => row.Vlan).SequenceEqual(Projects.Select(one => (int?)one.Vlan)) && made.All(row => row.ProjectId is null && row.MultiHost == multiHost),
            "novanet network create: " + string.Join("; ", made.Select(row => $"{row.Label} {row.Cidr}, VLAN {row.Vlan} on {row.BridgeInterface}, bridge {row.Bridge}, project {row.ProjectId ?? "none yet"}")));
    }

    /// <summary>By its first VM, a project has got a network; a host has what it needs of it.</summary>
    public async Task<Proof> ProjectsHaveTheirOwnAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var (project, vlan) in Projects)
        {
            var row = (await stage.Operator.NetworksAsync(ct)).SingleOrDefault(row => row.ProjectId == project);
            var onHosts = 0;
            foreach (var host in stage.Hosts)
            {
                var device = await Tool.TryAsync(ct, "ip", "-n", WorldPlan.NamespaceOfHost(host), "-d", "-o", "link", "show", "dev", $"vlan{vlan}");
                onHosts += device.Output.Contains($"vlan{vlan}@eth1", StringComparison.Ordinal) && device.Output.Contains($"id {vlan} ", StringComparison.Ordinal)
                    && device.Output.Contains($"master br{vlan} ", StringComparison.Ordinal) ? 1 : 0;
            }

            holds &= row?.Vlan == vlan && onHosts == stage.Hosts.Count;
            told.Add($"{project}: {row?.Label} {row?.Cidr}; vlan{vlan} (id {vlan}) on eth1 and in br{vlan} on {onHosts} of {stage.Hosts.Count} hosts");
        }

        return new Proof(holds, string.Join("; ", told));
    }

    /// <summary>What is between the hosts, seen from the segment between them.</summary>
    public async Task<Proof> TagsAreOnTheTrunkAsync(CancellationToken ct)
    {
        await using var trunk = await Capture.StartAsync(WorldPlan.Segment, WorldPlan.InternalPortOf("host-a"), ct);
        List<string> told = [];
        var holds = true;
        foreach (var (from, to, vlan) in new[] { ("red-1", "red-3", FirstVlan), ("blue-1", "blue-2", FirstVlan + 1) })
        {
            var (source, target) = (stage.Vm(from).Vm, stage.Vm(to).Vm);
            await Ping.CountAsync(source.Namespace, target.Address, Count, ct);
            var seen = await trunk.SeenUntilAsync($"{target.Address} > {source.Address}: ICMP echo reply", ct);
            var echoes = seen.Where(line => line.Contains("ICMP echo", StringComparison.Ordinal) && line.Contains(source.Address, StringComparison.Ordinal)).ToList();
            holds &= echoes.Count > 1 && echoes.All(line => line.Contains($"vlan {vlan},", StringComparison.Ordinal));
            told.Add($"{from} → {to}: {echoes.Count} echoes, all with tag {vlan}");
        }

        return new Proof(holds, $"tcpdump between the hosts: {string.Join("; ", told)}");
    }

    /// <summary>By IP through the host's routing, and by frames to the other's own MAC.</summary>
    public async Task<Proof> ProjectsAreApartAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var (where, to) in new[] { ("on its host", "blue-1"), ("on the other", "blue-2") })
        {
            var (from, victim) = (stage.Vm("red-1").Vm, stage.Vm(to).Vm);
            var pings = await Ping.CountAsync(from.Namespace, victim.Address, Count, ct);
            var frames = await PacketProof.SendAsync(FrameKind.Honest, from, victim, IPAddress.None, Count, ct);
            holds &= pings.Received == 0 && frames.Arrived == 0;
            told.Add($"{to} {where}: {pings} pings answered, {frames.Arrived} of {frames.Sent} frames arrived");
        }

        var own = await PacketProof.SendAsync(FrameKind.Honest, stage.Vm("red-1").Vm, stage.Vm("red-3").Vm, IPAddress.None, Count, ct);
        return new Proof(holds && own.Arrived == own.Sent, $"from red-1 to {string.Join("; to ", told)}; to red-3, its own: {own.Arrived} of {own.Sent} frames");
    }

    /// <summary>UDP to the host's address at the network's VPN port is at port 1194 of the VPN instance; from there the project's others are reached.</summary>
    public async Task<Proof> VpnInstanceIsReachedAsync(CancellationToken ct)
    {
        var order = new VmOrder(Vpn, "host-a", "red", null, null) { IsVpn = true };
        var spawning = VmRunner.Spawning(order);
        var vm = (await stage.PlugAsync(order, spawning, await stage.Compute.SpawnAsync(spawning, Stage.Bound, ct), ct)).Vm;
        var row = (await stage.Operator.VpnsAsync(ct)).Single(one => one.ProjectId == "red");
        var (address, port) = (WorldPlan.PublicAddressOf(row.Host ?? vm.Host), row.VpnPublicPort ?? 0);
        var answer = await DatagramAsync(vm.Namespace, address, port, ct);
        var others = await Ping.CountAsync(vm.Namespace, stage.Vm("red-3").Vm.Address, Count, ct);
        await stage.StopVmAsync(Vpn, ct);
        return new Proof(
            answer == "hello from outside" && vm.Address == row.VpnPrivateAddress && others.Lost == 0,
            $"novanet vpn list: red at {address}:{port} leads to {row.VpnPrivateAddress}, which the VPN instance {vm.Name} has; it heard '{answer}' at port {VpnServerPort}; from it to red-3: {others} pings answered");
    }

    private static async Task<string> DatagramAsync(string server, string address, int port, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(Stage.Bound);
        using var listener = NetworkNamespace.UdpSocket(server);
        listener.Bind(new IPEndPoint(IPAddress.Any, VpnServerPort));
        using var client = NetworkNamespace.UdpSocket(WorldPlan.Outside);
        await client.SendToAsync(Encoding.ASCII.GetBytes("hello from outside"), new IPEndPoint(IPAddress.Parse(address), port), end.Token);
        var buffer = new byte[64];
        try
        {
            return Encoding.ASCII.GetString(buffer, 0, await listener.ReceiveAsync(buffer, end.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "nothing";
        }
    }
}

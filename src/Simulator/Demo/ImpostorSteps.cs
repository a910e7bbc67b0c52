using System.Net;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Packets;
using NovaNetBus.Simulator.Vms;

namespace NovaNetBus.Simulator.Demo;

/// <summary>A VM that is not what it was made as is cut off, and nobody else is.</summary>
internal sealed class ImpostorSteps(Stage stage)
{
    private const int Count = 5;
    private const string Impostor = "red-2";
    private const string Neighbour = "red-1";
    private const string OtherHost = "red-3";
    private const string Bystander = "blue-1";

    private const string FreeAddress = "10.0.0.200";

    private Vm Liar => stage.Vm(Impostor).Vm;

    // Of its host: with multi_host each has a gateway and DHCP server of its own.
    private string Gateway => stage.Story(Impostor).Configured.Vifs[0].Gateway!;

    public async Task<Proof> ChangedMacAsync(CancellationToken ct)
    {
        var spoofed = await PacketProof.SendAsync(FrameKind.MacSpoof, Liar, stage.Vm(Neighbour).Vm, IPAddress.None, Count, ct);
        await Tool.RunAsync(ct, "ip", "-n", Liar.Namespace, "link", "set", VmPlug.NicName(0), "address", "02:ba:db:ad:ba:d0");
        PingCount cut, neighbours;
        try
        {
            cut = await Ping.CountAsync(Liar.Namespace, stage.Vm(Neighbour).Vm.Address, Count, ct);
            neighbours = await NeighboursAsync(ct);
        }
        finally
        {
            await Tool.RunAsync(ct, "ip", "-n", Liar.Namespace, "link", "set", VmPlug.NicName(0), "address", Liar.MacAddress);
        }

        var back = await Ping.CountAsync(Liar.Namespace, stage.Vm(Neighbour).Vm.Address, Count, ct);
        return new Proof(
            cut.Received == 0 && spoofed.Arrived == 0 && neighbours.Lost == 0 && back.Lost == 0,
            $"with another MAC {cut} pings answered, {spoofed.Arrived} of {spoofed.Sent} spoofed frames arrived; neighbours meanwhile {neighbours}; with its own again {back}");
    }

    public async Task<Proof> ChangedAddressAsync(CancellationToken ct)
    {
        var other = stage.Vm(OtherHost).Vm;
        var spoofed = await PacketProof.SendAsync(FrameKind.IpSpoof, Liar, other, IPAddress.Parse(FreeAddress), Count, ct);
        var arp = await PacketProof.SendAsync(FrameKind.ArpSpoof, Liar, stage.Vm(Neighbour).Vm, IPAddress.Parse(Gateway), Count, ct);
        await Tool.RunAsync(ct, "ip", "-n", Liar.Namespace, "addr", "add", FreeAddress + "/24", "dev", VmPlug.NicName(0));
        PingCount cut, neighbours;
        try
        {
            cut = await Ping.CountAsync(Liar.Namespace, stage.Vm(Neighbour).Vm.Address, Count, ct, "-I", FreeAddress);
            neighbours = await NeighboursAsync(ct);
        }
        finally
        {
            await Tool.RunAsync(ct, "ip", "-n", Liar.Namespace, "addr", "del", FreeAddress + "/24", "dev", VmPlug.NicName(0));
        }

        var back = await Ping.CountAsync(Liar.Namespace, stage.Vm(Neighbour).Vm.Address, Count, ct);
        return new Proof(
            cut.Received == 0 && spoofed.Arrived == 0 && arp.Arrived == 0 && neighbours.Lost == 0 && back.Lost == 0,
            $"as {FreeAddress} {cut} pings answered, {spoofed.Arrived} of {spoofed.Sent} frames and {arp.Arrived} of {arp.Sent} ARP claims to be the gateway arrived; neighbours meanwhile {neighbours}; as {Liar.Address} again {back}");
    }

    /// <summary>False offers reach nobody, and a neighbour that renews hears its own server.</summary>
    public async Task<Proof> FalseDhcpServerAsync(CancellationToken ct)
    {
        var near = await PacketProof.SendAsync(FrameKind.DhcpOffer, Liar, stage.Vm(Neighbour).Vm, IPAddress.Parse(FreeAddress), Count, ct);
        var far = await PacketProof.SendAsync(FrameKind.DhcpOffer, Liar, stage.Vm(OtherHost).Vm, IPAddress.Parse(FreeAddress), Count, ct);
        var neighbours = await NeighboursAsync(ct);
        var renewed = await stage.RenewAsync(Bystander, ct);
        return new Proof(
            near.Arrived == 0 && far.Arrived == 0 && neighbours.Lost == 0 && renewed.Server == stage.Story(Bystander).Configured.Vifs[0].DhcpServer,
            $"{near.Arrived} of {near.Sent} false offers arrived on its host, {far.Arrived} of {far.Sent} on the other; {Bystander} renewed {renewed.Address} with {renewed.Server}; neighbours meanwhile {neighbours}");
    }

    private Task<PingCount> NeighboursAsync(CancellationToken ct) =>
        Ping.CountAsync(stage.Vm(Neighbour).Vm.Namespace, stage.Vm(Bystander).Vm.Address, Count, ct);
}

using System.Net;
using NovaNetBus.Simulator.Vms;

namespace NovaNetBus.Simulator.Packets;

/// <param name="Kind">What the frames lied about.</param>
/// <param name="Sent">Frames sent.</param>
/// <param name="Arrived">Of them, those that the other VM saw.</param>
internal sealed record PacketCount(string Kind, int Sent, int Arrived);

/// <summary>Sends frames from one VM and counts on another's NIC what arrives.</summary>
internal static class PacketProof
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    /// <summary>The frames, then honest ones: when these have arrived, what came before them has arrived or never will.</summary>
    public static async Task<PacketCount> SendAsync(FrameKind kind, Vm from, Vm to, IPAddress falseAddress, int count, CancellationToken ct)
    {
        using var sender = PacketSocket.Open(from.Namespace, VmPlug.NicName(0));
        using var receiver = PacketSocket.Open(to.Namespace, VmPlug.NicName(0));
        var frame = Lie.Frame(kind, from, to, falseAddress);
        var honest = Lie.Frame(FrameKind.Honest, from, to, falseAddress);
        for (var i = 0; i < count; i++)
        {
            sender.Send(frame);
        }

        if (kind == FrameKind.Honest)
        {
            return new PacketCount(Word(kind), count, await receiver.CountAsync(seen => seen.AsSpan().SequenceEqual(frame), count, Bound, ct));
        }

        sender.Send(honest);
        var arrived = 0;
        var control = await receiver.CountAsync(
            seen =>
            {
                arrived += Lie.IsIn(seen, frame, kind) ? 1 : 0;
                return seen.AsSpan().SequenceEqual(honest);
            },
            enough: 1, Bound, ct);
        return control > 0
            ? new PacketCount(Word(kind), count, arrived)
            : throw new SimulatorException($"Not even an honest frame of {from.Name} arrived at {to.Name}: the count proves nothing.");
    }

    public static string Word(FrameKind kind) => kind switch
    {
        FrameKind.Honest => "honest",
        FrameKind.MacSpoof => "mac-spoof",
        FrameKind.IpSpoof => "ip-spoof",
        FrameKind.ArpSpoof => "arp-spoof",
        FrameKind.DhcpOffer => "dhcp-offer",
        _ => "tagged",
    };
}

using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using NovaNetBus.Simulator.Vms;

namespace NovaNetBus.Simulator.Packets;

internal enum FrameKind
{
    /// <summary>What the VM may send: the control of every proof.</summary>
    Honest,
    MacSpoof,
    IpSpoof,
    ArpSpoof,
    DhcpOffer,
    Tagged,
}

/// <summary>The frames of a VM that lies about itself, each with a mark by which it is known where it arrives.</summary>
internal static class Lie
{
    /// <summary>A MAC that no instance has (locally administered).</summary>
    public static readonly PhysicalAddress FalseMac = PhysicalAddress.Parse("02-BA-DB-AD-BA-D0");

    private const ushort Port = 4001;
    private const int TagEnd = 16;

    /// <param name="kind">What the frame lies about.</param>
    /// <param name="liar">Who sends it.</param>
    /// <param name="victim">Whom it is sent to.</param>
    /// <param name="falseAddress">The address that the liar claims: nobody's, or (ARP) another's.</param>
    public static byte[] Frame(FrameKind kind, Vm liar, Vm victim, IPAddress falseAddress)
    {
        var (honest, to) = (SenderOf(liar), SenderOf(victim));
        return kind switch
        {
            FrameKind.MacSpoof => Marked(kind, honest with { Mac = FalseMac }, to),
            FrameKind.IpSpoof => Marked(kind, honest with { Ip = falseAddress }, to),
            FrameKind.ArpSpoof => Packets.Frame.ArpReply(honest with { Ip = falseAddress }, to),
            FrameKind.DhcpOffer => Packets.Frame.DhcpOffer(honest, falseAddress),
            FrameKind.Tagged => Packets.Frame.Tagged(Marked(kind, honest, to), 100),
            _ => Marked(kind, honest, to),
        };
    }

    /// <summary>Whether a frame that was seen is that one. The kernel takes the tag off a frame that it shows.</summary>
    public static bool IsIn(ReadOnlySpan<byte> seen, ReadOnlySpan<byte> sent, FrameKind kind) =>
        kind == FrameKind.Tagged ? seen.EndsWith(sent[TagEnd..]) : seen.SequenceEqual(sent);

    private static byte[] Marked(FrameKind kind, Sender from, Sender to) =>
        Packets.Frame.Udp(from, to, Port, Port, Encoding.ASCII.GetBytes($"novanet-simulator {kind}"));

    private static Sender SenderOf(Vm vm) => new(PhysicalAddress.Parse(vm.MacAddress), IPAddress.Parse(vm.Address));
}

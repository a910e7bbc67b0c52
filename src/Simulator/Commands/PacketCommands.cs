using System.CommandLine;
using System.Net;
using NovaNetBus.Simulator.Packets;
using NovaNetBus.Simulator.Vms;

namespace NovaNetBus.Simulator.Commands;

/// <summary><c>packet send</c>: crafted frames from one VM, counted at another.</summary>
internal static class PacketCommands
{
    public static Command Create()
    {
        var packet = new Command("packet", "Honest and lying frames between VMs (root).") { CommonOptions.State };
        packet.Add(Send());
        return packet;
    }

    private static Command Send()
    {
        var kinds = Enum.GetValues<FrameKind>().ToDictionary(PacketProof.Word);
        var kind = new Option<string>("--kind") { Description = string.Join(", ", kinds.Keys), Required = true };
        kind.AcceptOnlyFromAmong([.. kinds.Keys]);
        var from = new Option<string>("--from") { Description = "The VM that sends.", Required = true };
        var to = new Option<string>("--to") { Description = "The VM where what arrives is counted.", Required = true };
        var claim = new Option<string?>("--claim") { Description = "The address that the sender claims (ip-spoof, arp-spoof) or offers; without it, the address of --to." };
        var count = new Option<int>("--count") { Description = "Frames to send.", DefaultValueFactory = _ => 5 };
        var send = new Command("send", "Sends frames and prints how many arrived; exit 0 when an honest one did.") { kind, from, to, claim, count };
        send.SetAction(async (parsed, ct) =>
        {
            var register = new VmRegister(CommonOptions.StateOf(parsed));
            var (liar, victim) = (register.Get(parsed.GetRequiredValue(from)).Vm, register.Get(parsed.GetRequiredValue(to)).Vm);
            var claimed = parsed.GetValue(claim) ?? victim.Address;
            if (!IPAddress.TryParse(claimed, out var address))
            {
                throw new SimulatorException($"{claimed} is no address.");
            }

            CommonOptions.Print(await PacketProof.SendAsync(kinds[parsed.GetRequiredValue(kind)], liar, victim, address, parsed.GetRequiredValue(count), ct));
            return ExitCodes.Done;
        });
        return send;
    }
}

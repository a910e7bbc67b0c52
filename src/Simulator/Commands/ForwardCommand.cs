using System.CommandLine;
using NovaNetBus.Simulator.Forwarding;

namespace NovaNetBus.Simulator.Commands;

/// <summary><c>forward</c>: what <c>world up</c> leaves running.</summary>
internal static class ForwardCommand
{
    public static Command Create()
    {
        var namespaces = new Option<string[]>("--namespace") { Description = "Network namespace on whose loopback to listen; may be repeated.", Required = true };
        var ports = new Option<int[]>("--port") { Description = "The port, there and on this side's loopback; may be repeated.", Required = true };
        var forward = new Command("forward", "Joins loopback ports of other network namespaces to the same ports of this one, until stopped.") { namespaces, ports };
        forward.SetAction(async (parsed, ct) =>
        {
            await new Forwarder(parsed.GetRequiredValue(namespaces), parsed.GetRequiredValue(ports)).RunAsync(ct);
            return ExitCodes.Done;
        });
        return forward;
    }
}

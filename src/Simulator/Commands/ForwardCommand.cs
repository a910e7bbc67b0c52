using System.CommandLine;
using System.Net;
using NovaNetBus.Simulator.Forwarding;

namespace NovaNetBus.Simulator.Commands;

/// <summary><c>forward</c>: what <c>world up</c> leaves running.</summary>
internal static class ForwardCommand
{
    public static Command Create()
    {
        var namespaces = new Option<string[]>("--namespace") { Description = "Network namespace to listen in; may be repeated; without it, this one." };
        var ports = new Option<int[]>("--port") { Description = "The port, there and where it leads to; may be repeated.", Required = true };
        var listen = Address("--listen", "The address to listen on there; without it, loopback.");
        var to = Address("--to", "The address that it leads to on this side; without it, loopback.");
        var forward = new Command("forward", "Joins loopback ports of other network namespaces to the same ports of this one, until stopped.") { namespaces, ports, listen, to };
        forward.SetAction(async (parsed, ct) =>
        {
            var forwarder = new Forwarder(parsed.GetValue(namespaces) ?? [], parsed.GetRequiredValue(ports)) { Near = parsed.GetRequiredValue(listen), Far = parsed.GetRequiredValue(to) };
            await forwarder.RunAsync(ct);
            return ExitCodes.Done;
        });
        return forward;
    }

    private static Option<IPAddress> Address(string name, string description) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = result =>
        {
            if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
            {
                return address;
            }

            result.AddError($"{result.Tokens[0].Value} is no address.");
            return null;
        },
    };
}

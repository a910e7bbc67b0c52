using System.Text.RegularExpressions;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>All that a network program could have made on a host, line by line: links, addresses, routes, rules, settings, programs.</summary>
internal sealed partial record HostPortrait(string Host, IReadOnlyList<string> Lines)
{
    private static readonly string[][] Questions =
    [
        ["ip", "-o", "link"], ["ip", "-o", "addr", "show", "scope", "global"], ["ip", "route"], ["ip", "rule"], ["nft", "--stateless", "list", "ruleset"],
        ["sysctl", "-a", "--pattern", @"^net\.ipv4\.(ip_forward$|conf\.)"],
    ];

    public static async Task<HostPortrait> OfAsync(string host, CancellationToken ct)
    {
        List<string> lines = [];
        foreach (var question in Questions)
        {
            var answer = await Tool.RunInAsync(ct, WorldPlan.NamespaceOfHost(host), question);
            lines.AddRange(answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{question[0]}: {Carrier().Replace(line.Trim(), "")}"));
        }

        var programs = await NetworkNamespace.ProcessesAsync(WorldPlan.NamespaceOfHost(host), ct);
        lines.AddRange(programs.Select(process => process.Name).OfType<string>().Select(program => "runs: " + program));
        return new HostPortrait(host, lines);
    }

    /// <summary>The lines that are in one of both only, but for those that name one of these ports.</summary>
    public IReadOnlyList<string> DifferencesTo(HostPortrait later, IReadOnlyCollection<string> ports) =>
    [
        .. Lines.Except(later.Lines).Select(line => "- " + line),
        .. later.Lines.Except(Lines).Where(line => !ports.Any(port => line.Contains(port, StringComparison.Ordinal))).Select(line => "+ " + line),
    ];

    /// <summary>Whether a bridge has a carrier is its ports' doing.</summary>
    [GeneratedRegex("NO-CARRIER,|,LOWER_UP| state [A-Z]+")]
    private static partial Regex Carrier();
}

using System.CommandLine;
using NovaNetBus.Cli.Output;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>project</c>: what a project has and may have.</summary>
internal static class ProjectCommands
{
    /// <summary>show, quota and scrub.</summary>
    public static Command Group(Conversation conversation) => new("project", "Show, limit and scrub projects")
    {
        new AdminCommand(
            "project show", "Show a project's networks, and how many addresses it has and may have", conversation,
            Result.Lines(json => json.ProjectRowArray, Lines), "novanet project show demo")
        {
            Project(),
        },
        new AdminCommand(
            "project quota", "Limit how many addresses a project may have, or show it", conversation,
            Result.Lines(json => json.ProjectRowArray, Lines), "novanet project quota demo --fixed-ips 100 --floating-ips 5", "novanet project quota demo --fixed-ips -1")
        {
            Project(),
            Arguments.Number("--fixed-ips", "N", "Fixed addresses; -1: no limit", -1, int.MaxValue),
            Arguments.Number("--floating-ips", "N", "Floating addresses; -1: no limit", -1, int.MaxValue),
        },
        new AdminCommand(
            "project scrub", "Take a project's networks from it, so that others may have them", conversation,
            Result.Table(json => json.NetworkRowArray, NetworkCommands.Columns, "It had no network."), "novanet project scrub demo")
        {
            Project(),
        },
    };

    private static Argument<string> Project() => Arguments.Word("PROJECT", "Id of the project");

    private static List<(string Name, string Value)> Lines(ProjectRow row) =>
    [
        ("project", Printable.Of(row.ProjectId)),
        ("networks", Printable.Of(string.Join(", ", row.Networks))),
        ("fixed ips", Of(row.Usage.FixedIps, row.Quota.FixedIps)),
        ("floating ips", Of(row.Usage.FloatingIps, row.Quota.FloatingIps)),
    ];

    private static string Of(long usage, long quota) => $"{Printable.Of(usage)} of {(quota < 0 ? "any number" : Printable.Of(quota))}";
}

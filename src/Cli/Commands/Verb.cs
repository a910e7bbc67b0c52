using System.CommandLine;

namespace NovaNetBus.Cli.Commands;

/// <summary>A command that does something, as against a group of commands.</summary>
internal class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Lines that can be typed as they stand; help shows them.</summary>
    public required IReadOnlyList<string> Examples { get; init; }
}

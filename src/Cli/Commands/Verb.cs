using System.CommandLine;

namespace NovaNetBus.Cli.Commands;

/// <summary>A command that does something, as against a group of commands.</summary>
/// <param name="examples">Lines that can be typed as they stand; help shows them.</param>
internal class Verb(string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    /// <summary>Lines that can be typed as they stand.</summary>
    public IReadOnlyList<string> Examples => examples;
}

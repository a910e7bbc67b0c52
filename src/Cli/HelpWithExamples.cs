using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using NovaNetBus.Cli.Commands;

namespace NovaNetBus.Cli;

/// <summary>The usual help with the command's examples below it; a group shows the first example of each of its commands.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _usual = new();

    /// <inheritdoc />
    public override bool ClearsParseErrors => true;

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        _usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in ExamplesOf(parseResult.CommandResult.Command))
        {
            output.WriteLine("  " + example);
        }

        output.WriteLine();
        output.WriteLine("Exit codes: 0 done, 1 refused (code and message on stderr), 2 usage, 3 no connection.");
        return ExitCodes.Done;
    }

    /// <summary>The words that call a command, e.g. <c>novanet network create</c>.</summary>
    public static string PathOf(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "novanet" : PathOf(parent) + " " + command.Name;
    }

    private static IEnumerable<string> ExamplesOf(Command command) =>
        command is Verb verb ? verb.Examples : command.Subcommands.SelectMany(each => ExamplesOf(each).Take(1));
}

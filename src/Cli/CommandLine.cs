using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using NovaNetBus.Cli.Commands;
using NovaNetBus.Cli.Output;

namespace NovaNetBus.Cli;

/// <summary>The tool as a whole: its tree of commands, and how a line becomes an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command line and returns one of <see cref="ExitCodes"/>.</summary>
    public static async Task<int> Run(string[] args, Surroundings surroundings, CancellationToken stop = default)
    {
        var streams = surroundings.Streams;
        var parsed = Parse(args, new Conversation(surroundings));
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
        {
            return ExplainUsage(parsed, streams);
        }

        try
        {
            var invocation = new InvocationConfiguration { Output = streams.Out, Error = streams.Error, EnableDefaultExceptionHandler = false };
            return await parsed.InvokeAsync(invocation, stop);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>The whole tree of commands, which tests walk.</summary>
    public static RootCommand Tree(Conversation conversation)
    {
        var root = new RootCommand("The operator's tool of NovaNetBus: networks, addresses, instances, hosts, and the log of all that happened.")
        {
            conversation.Output,
            conversation.Timeout,
            conversation.ConfigFiles,
            NetworkCommands.Group(conversation),
            FixedCommands.Group(conversation),
            FloatingCommands.Group(conversation),
            InstanceCommands.Group(conversation),
            HostCommands.Group(conversation),
            ProjectCommands.Group(conversation),
            VpnCommands.Group(conversation),
            EventCommands.Group(conversation),
            AddressCommands.Group(conversation),
            StateCommands.Group(conversation),
            ErrorCommands.Group(conversation),
            ConfigCommands.Group(conversation),
            CompletionCommand.Of(conversation),
        };
        foreach (var hidden in new[] { DbCommands.Group(conversation), ValueCommand.Of(conversation) })
        {
            hidden.Hidden = true;
            root.Add(hidden);
        }

        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples();
        }

        return root;
    }

    private static ParseResult Parse(string[] args, Conversation conversation)
    {
        // No response files: a label that begins with @ is a label.
        var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        return Tree(conversation).Parse(NovaManage.Today([.. Spelling.WithDashes(args)]), configuration);
    }

    private static int ExplainUsage(ParseResult parsed, Streams streams)
    {
        foreach (var error in parsed.Errors)
        {
            streams.Error.WriteLine("novanet: " + Printable.OneLine(Why(error)));
        }

        streams.Error.WriteLine($"See '{HelpWithExamples.PathOf(parsed.CommandResult.Command)} --help'.");
        return ExitCodes.Usage;
    }

    private static string Why(ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0 } missing => $"{missing.Argument.Name} is missing: {missing.Argument.Description}",
        OptionResult { Tokens.Count: 0, IdentifierToken: null } missing => $"{missing.Option.Name} {missing.Option.HelpName} is missing: {missing.Option.Description}",
        _ => error.Message,
    };
}

using System.CommandLine;
using NovaNetBus.Cli.Completion;

namespace NovaNetBus.Cli.Commands;

/// <summary>The command <c>completion</c>: a script that lets a shell complete what is typed.</summary>
internal static class CompletionCommand
{
    /// <summary>completion SHELL.</summary>
    public static Verb Of(Conversation conversation)
    {
        var shell = Arguments.Word("SHELL", "The shell that the script is for").AcceptOnlyFromAmong("bash", "zsh", "fish");
        shell.HelpName = "bash|zsh|fish";
        var completion = new Verb(
            "completion", "Write a script that lets a shell complete commands, options and names",
            "novanet completion bash > /etc/bash_completion.d/novanet", "novanet completion zsh > ~/.zfunc/_novanet",
            "novanet completion fish > ~/.config/fish/completions/novanet.fish")
        {
            shell,
        };
        completion.SetAction(parsed =>
        {
            var map = CommandMap.Of((RootCommand)parsed.RootCommandResult.Command);
            conversation.Surroundings.Streams.Out.Write(parsed.GetValue(shell) switch
            {
                "bash" => BashScript.Of(map),
                "zsh" => ZshScript.Of(map),
                _ => FishScript.Of(map),
            });
        });
        return completion;
    }
}

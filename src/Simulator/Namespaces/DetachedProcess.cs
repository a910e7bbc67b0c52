using System.Diagnostics;

namespace NovaNetBus.Simulator.Namespaces;

/// <summary>Programs that outlive this one: in a session of their own, output appended to a file.</summary>
internal static class DetachedProcess
{
    // Every step execs the next, so that the id of the first is the id of the program.
    private const string Redirect = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null";

    /// <param name="namespace">Network namespace to run in; null: this one.</param>
    /// <param name="log">File that its output is appended to.</param>
    /// <param name="environment">Variables to add; null values are taken away.</param>
    /// <param name="command">Program and arguments.</param>
    public static ProcessIdentity Start(string? @namespace, string log, IReadOnlyDictionary<string, string?> environment, params string[] command)
    {
        string[] inside = @namespace is null ? [] : ["ip", "netns", "exec", @namespace];
        string[] line = [.. inside, "setsid", "sh", "-c", Redirect, "sh", log, .. command];
        var start = new ProcessStartInfo(line[0], line[1..]) { UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        return ProcessIdentity.Of(process.Id) ?? throw new SimulatorException($"{command[0]} ended at once; see {log}.");
    }

    /// <summary>The command line that starts this program once more.</summary>
    public static string[] Self(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, Environment.GetCommandLineArgs()[0], .. arguments]
            : [program, .. arguments];
    }
}

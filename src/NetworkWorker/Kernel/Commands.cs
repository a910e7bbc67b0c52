using System.Diagnostics;

namespace NovaNetBus.NetworkWorker.Kernel;

/// <summary>What a program that ended left behind.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);

/// <summary>A program could not be started, did not end in time, or said that it failed.</summary>
internal sealed class CommandException(string message) : Exception(message);

/// <summary>
/// The one place that starts processes: by argument list, never through a shell, from the system's own directories, for a bounded time.
/// A child gets the network namespace of the calling thread.
/// </summary>
internal static class Commands
{
    private static readonly string[] Directories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

    /// <summary>Runs to the end. Throws when it takes longer than <paramref name="limit"/>, after which it is killed.</summary>
    public static CommandResult Run(string program, IEnumerable<string> arguments, TimeSpan limit, string? input = null)
    {
        using var process = Start(program, arguments, input is not null);
        using var said = process.StandardOutput; // the process would leave them open for as long as nobody collects them
        using var complained = process.StandardError;
        var output = said.ReadToEndAsync();
        var errors = complained.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        if (!process.WaitForExit(limit) || !Task.WaitAll([output, errors], limit))
        {
            process.Kill(entireProcessTree: true);
            throw new CommandException($"{program} did not end within {limit.TotalSeconds:0.#} s");
        }

        return new CommandResult(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>Like <see cref="Run"/>, and throws with the program's own words when its exit status is not 0.</summary>
    public static void RunOrThrow(string program, IEnumerable<string> arguments, TimeSpan limit, string? input = null)
    {
        var result = Run(program, arguments, limit, input);
        if (result.ExitCode != 0)
        {
            throw new CommandException($"{program} failed ({result.ExitCode}): {(result.Errors + result.Output).Trim()}");
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments, bool withInput)
    {
        var path = Directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists)
            ?? throw new CommandException($"{program} is not installed");
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = withInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start) ?? throw new CommandException($"{program} could not be started");
    }
}

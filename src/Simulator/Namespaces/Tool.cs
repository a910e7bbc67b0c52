using System.Diagnostics;

namespace NovaNetBus.Simulator.Namespaces;

/// <summary>What a finished program left.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error);

/// <summary>The system's programs, started with argument lists and never through a shell string.</summary>
internal static class Tool
{
    private static readonly IReadOnlyDictionary<string, string?> Unchanged = new Dictionary<string, string?>();

    /// <returns>Standard output.</returns>
    /// <exception cref="SimulatorException">The program ended with another code than 0; carries what it said.</exception>
    public static Task<string> RunAsync(CancellationToken ct, string program, params string[] arguments) => RunAsync(ct, Unchanged, program, arguments);

    /// <inheritdoc cref="RunAsync(CancellationToken, string, string[])"/>
    public static async Task<string> RunAsync(CancellationToken ct, IReadOnlyDictionary<string, string?> environment, string program, params string[] arguments)
    {
        var result = await TryAsync(ct, environment, program, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new SimulatorException($"{program} {string.Join(' ', arguments)}: {(result.Error.Length > 0 ? result.Error : result.Output).Trim()} (exit {result.ExitCode})");
    }

    public static Task<string> RunInAsync(CancellationToken ct, string @namespace, params string[] command) =>
        RunAsync(ct, "ip", ["netns", "exec", @namespace, .. command]);

    public static Task<ToolResult> TryAsync(CancellationToken ct, string program, params string[] arguments) => TryAsync(ct, Unchanged, program, arguments);

    /// <summary>Leaves it running with its output as pipes; the caller owns it.</summary>
    public static Process Start(string program, params string[] arguments) => Start(Unchanged, program, arguments);

    /// <inheritdoc cref="RunAsync(CancellationToken, string, string[])"/>
    public static async Task<ToolResult> TryAsync(CancellationToken ct, IReadOnlyDictionary<string, string?> environment, string program, params string[] arguments)
    {
        using var process = Start(environment, program, arguments);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ToolResult(process.ExitCode, await output, await error);
    }

    private static Process Start(IReadOnlyDictionary<string, string?> environment, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new SimulatorException($"{program} cannot be started: {e.Message}.");
        }
    }
}

using System.Diagnostics;
using System.Text.Json;

namespace NovaNetBus.Simulator.Load;

/// <summary>Processes that each run a <see cref="Writer"/> for a host of their own.</summary>
internal sealed class WriterCrew : IAsyncDisposable
{
    private readonly List<Process> writers = [];

    public static async Task<WriterCrew> StartAsync(string program, string postgres, string network, int count, CancellationToken ct)
    {
        var crew = new WriterCrew();
        for (var number = 1; number <= count; number++)
        {
            var start = new ProcessStartInfo(program, ["writer", "--host", $"writer-{number}", "--network", network]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            start.Environment["ConnectionStrings__Postgres"] = postgres;
            crew.writers.Add(Process.Start(start) ?? throw new SimulatorException($"{program} could not be started."));
        }

        foreach (var writer in crew.writers)
        {
            await AnswerAsync(writer, ct);
        }

        return crew;
    }

    /// <summary>All of them at once.</summary>
    public async Task<IReadOnlyList<WriterReport>> DoAsync(string command, CancellationToken ct) => await Task.WhenAll(writers.Select(writer => DoAsync(writer, command, ct)));

    /// <summary>One of them.</summary>
    public Task<WriterReport> DoFirstAsync(string command, CancellationToken ct) => DoAsync(writers[0], command, ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in writers)
        {
            writer.Kill();
            await writer.WaitForExitAsync();
            writer.Dispose();
        }
    }

    private static async Task<WriterReport> DoAsync(Process writer, string command, CancellationToken ct)
    {
        await writer.StandardInput.WriteLineAsync(command);
        await writer.StandardInput.FlushAsync(ct);
        return JsonSerializer.Deserialize<WriterReport>(await AnswerAsync(writer, ct))!;
    }

    private static async Task<string> AnswerAsync(Process writer, CancellationToken ct) =>
        await writer.StandardOutput.ReadLineAsync(ct) ?? throw new SimulatorException("A writer has ended; its reason stands above.");
}

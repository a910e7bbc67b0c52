using System.Diagnostics;
using System.Text;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Demo;

/// <summary>tcpdump on one interface, from when this is made until it is stopped.</summary>
internal sealed class Capture : IAsyncDisposable
{
    private readonly Process _tcpdump;
    private readonly StringBuilder _lines = new();
    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Capture(Process tcpdump)
    {
        _tcpdump = tcpdump;
        tcpdump.OutputDataReceived += (_, line) =>
        {
            lock (_lines)
            {
                _lines.AppendLine(line.Data);
            }
        };
        tcpdump.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listening on", StringComparison.Ordinal) == true)
            {
                _listens.TrySetResult();
            }
        };
        tcpdump.BeginOutputReadLine();
        tcpdump.BeginErrorReadLine();
    }

    /// <param name="namespace">Where the interface is.</param>
    /// <param name="nic">The interface.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="filter">In tcpdump's words.</param>
    /// <exception cref="SimulatorException">tcpdump does not listen.</exception>
    public static async Task<Capture> StartAsync(string @namespace, string nic, CancellationToken ct, params string[] filter)
    {
        var capture = new Capture(Tool.Start("ip", ["netns", "exec", @namespace, "tcpdump", "-i", nic, "-lnne", "--immediate-mode", .. filter]));
        try
        {
            await capture._listens.Task.WaitAsync(Stage.Bound, ct);
            return capture;
        }
        catch (TimeoutException)
        {
            await capture.DisposeAsync();
            throw new SimulatorException($"tcpdump does not listen on {nic} of {@namespace}.");
        }
    }

    /// <summary>All that was seen up to the first line with this text, which is waited for.</summary>
    /// <exception cref="SimulatorException">It does not come.</exception>
    public async Task<IReadOnlyList<string>> SeenUntilAsync(string text, CancellationToken ct) =>
        await Wait.UntilAsync(() => Seen().Any(line => line.Contains(text, StringComparison.Ordinal)), Stage.Bound, ct)
            ? Seen()
            : throw new SimulatorException($"Nothing with '{text}' was seen.");

    public async ValueTask DisposeAsync()
    {
        if (!_tcpdump.HasExited)
        {
            _tcpdump.Kill();
            await _tcpdump.WaitForExitAsync();
        }

        _tcpdump.Dispose();
    }

    private IReadOnlyList<string> Seen()
    {
        lock (_lines)
        {
            return _lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }
}

using System.Diagnostics;
using System.Text;

namespace NovaNetBus.Integration.Tests.Programs;

/// <summary>A process that a test has started, with all that it wrote.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private Child(Process process) => _process = process;

    /// <summary>Both streams, so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public bool HasEnded => _process.HasExited;

    public int Id => _process.Id;

    public static Child Start(string program, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var child = new Child(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Append(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Append(line.Data);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until it ends with 0 and returns what it wrote; anything else is an exception that holds that.</summary>
    public async Task<string> SucceedsAsync(TimeSpan bound)
    {
        using var limit = new CancellationTokenSource(bound);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} was not done after {bound.TotalSeconds} s:\n{Output}");
        }

        return _process.ExitCode == 0
            ? Output
            : throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}:\n{Output}");
    }

    /// <summary>By a signal that it cannot answer; what it has started lives on.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}

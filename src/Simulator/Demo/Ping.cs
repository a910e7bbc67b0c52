using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Demo;

/// <summary>What came back.</summary>
internal sealed record PingCount(int Sent, int Received)
{
    public int Lost => Sent - Received;

    public override string ToString() => $"{Received} of {Sent}";
}

/// <summary>The system's ping, inside a VM.</summary>
internal sealed partial class Ping : IAsyncDisposable
{
    /// <summary>Between two requests of one that runs on.</summary>
    public const double SecondsBetween = 0.02;

    private readonly Process _process;
    private readonly Task<string> _output;

    private Ping(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
    }

    /// <param name="from">Network namespace.</param>
    /// <param name="to">Address.</param>
    /// <param name="count">Requests.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="more">Further options.</param>
    public static async Task<PingCount> CountAsync(string from, string to, int count, CancellationToken ct, params string[] more)
    {
        var result = await Tool.TryAsync(ct, "ip", ["netns", "exec", from, "ping", "-n", "-c", count.ToString(), "-i", "0.1", "-W", "1", .. more, to]);
        var match = Totals().Match(result.Output);
        return match.Success
            ? new PingCount(int.Parse(match.Groups[1].Value), int.Parse(match.Groups[2].Value))
            : throw new SimulatorException($"ping from {from} to {to}: {(result.Error + result.Output).Trim()}");
    }

    /// <summary>Fifty a second until it is stopped.</summary>
    public static Ping Start(string from, string to) => new(Tool.Start("ip", "netns", "exec", from, "ping", "-n", "-i", SecondsBetween.ToString(CultureInfo.InvariantCulture), to));

    /// <returns>What was sent and came back; a request on its way at the end is not counted.</returns>
    public async Task<PingCount> StopAsync(CancellationToken ct)
    {
        // ip execs ping: the process is the same.
        ProcessIdentity.Of(_process.Id)?.Send(Signal.Interrupt);
        await _process.WaitForExitAsync(ct);
        return Count(await _output);
    }

    /// <summary>From what ping printed.</summary>
    internal static PingCount Count(string output)
    {
        var answered = Sequence().Matches(output).Select(m => int.Parse(m.Groups[1].Value)).ToHashSet();
        var sent = int.Parse(Totals().Match(output).Groups[1].Value);
        var last = answered.Count > 0 ? answered.Max() : 0;
        return new PingCount(sent == last + 1 ? last : sent, answered.Count);
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"icmp_seq=(\d+) ttl")]
    private static partial Regex Sequence();

    [GeneratedRegex(@"(\d+) packets transmitted, (\d+) received")]
    private static partial Regex Totals();
}

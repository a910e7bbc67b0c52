using System.Diagnostics;
using System.Text;
using NovaNetBus.Netns.Tests.World;

namespace NovaNetBus.Guest.Tests.World;

/// <summary>A tcpdump on one interface, from when this is made.</summary>
internal sealed class Capture : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process tcpdump;
    private readonly StringBuilder lines = new();

    public Capture(NetworkNamespace place, string nic)
    {
        var listens = new TaskCompletionSource();
        tcpdump = place.Run(() => Process.Start(new ProcessStartInfo("/usr/bin/tcpdump", ["-i", nic, "-lnne", "--immediate-mode"]) { RedirectStandardOutput = true, RedirectStandardError = true })!);
        tcpdump.OutputDataReceived += (_, line) =>
        {
            lock (lines)
            {
                lines.AppendLine(line.Data);
            }
        };
        tcpdump.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listening on", StringComparison.Ordinal) == true)
            {
                listens.TrySetResult();
            }
        };
        tcpdump.BeginOutputReadLine();
        tcpdump.BeginErrorReadLine();
        if (!listens.Task.Wait(Limit))
        {
            throw new TimeoutException("tcpdump does not listen");
        }
    }

    /// <summary>All that was seen up to the first line with this text. Throws when it does not come.</summary>
    public string SeenUntil(string text)
    {
        if (!SpinWait.SpinUntil(() => Seen().Contains(text, StringComparison.Ordinal), Limit))
        {
            throw new TimeoutException($"nothing with '{text}' was seen, but: {Seen()}");
        }

        return Seen();
    }

    public void Dispose()
    {
        tcpdump.Kill();
        tcpdump.WaitForExit();
        tcpdump.Dispose();
    }

    private string Seen()
    {
        lock (lines)
        {
            return lines.ToString();
        }
    }
}

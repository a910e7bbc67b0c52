using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;

namespace NovaNetBus.NetworkWorker.Kernel.Dhcp;

/// <summary>
/// The dnsmasq process of one network. It detaches itself and outlives the worker; the next one finds it by its pid file, and believes the pid only
/// when that process was started with this very pid file.
/// </summary>
internal sealed partial class Dnsmasq(DhcpFiles files)
{
    private const int Hangup = 1, Terminate = 15, Kill = 9;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15), StopLimit = TimeSpan.FromSeconds(3);

    /// <summary>It runs here, with the arguments that this server needs.</summary>
    public bool Runs(DhcpServer server) => Find() is { IsHere: true } found && found.Arguments.SequenceEqual(Arguments(server));

    /// <summary>Starts it, in place of one with other arguments or in another network namespace. When this returns it listens.</summary>
    public void Start(DhcpServer server)
    {
        files.CheckReach();
        Stop();
        files.PruneLeases();
        Commands.RunOrThrow("dnsmasq", Arguments(server), StartLimit);
    }

    /// <summary>It reads hosts and options again; leases stay.</summary>
    public void Reload()
    {
        if (Find() is { } found)
        {
            Signal(found.Pid, Hangup);
        }
    }

    public void Stop()
    {
        if (Find() is not { } found)
        {
            return;
        }

        Signal(found.Pid, Terminate);
        if (!WaitUntilGone())
        {
            Signal(found.Pid, Kill);
            WaitUntilGone();
        }
    }

    private bool WaitUntilGone()
    {
        var started = Stopwatch.GetTimestamp();
        while (Find() is not null)
        {
            if (Stopwatch.GetElapsedTime(started) > StopLimit)
            {
                return false;
            }

            Thread.Sleep(2);
        }

        return true;
    }

    private IReadOnlyList<string> Arguments(DhcpServer server) => DnsmasqText.Arguments(server, files.Paths);

    private Running? Find()
    {
        try
        {
            var pid = int.Parse(File.ReadAllText(files.Pid), CultureInfo.InvariantCulture);
            var arguments = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToList();
            return arguments.Contains($"--pid-file={files.Pid}") ? new Running(pid, arguments, NamespaceOf(pid.ToString(CultureInfo.InvariantCulture)) == NamespaceOf("thread-self")) : null;
        }
        catch (Exception e) when (e is IOException or FormatException or UnauthorizedAccessException)
        {
            return null; // never started, or ended just now
        }
    }

    private static string? NamespaceOf(string process) => File.ResolveLinkTarget($"/proc/{process}/ns/net", returnFinalTarget: false)?.Name;

    private static void Signal(int pid, int signal) => _ = SendSignal(pid, signal); // gone meanwhile is as good

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);

    private sealed record Running(int Pid, IReadOnlyList<string> Arguments, bool IsHere);
}

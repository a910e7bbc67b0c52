using System.Reflection;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Vms;

/// <summary>What the DHCP client was given; the keys are those of udhcpc.sh.</summary>
internal sealed record Lease(string Address, string Server, string Router, string Seconds, string Event)
{
    /// <returns>Null when there is none.</returns>
    public static Lease? Read(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var words = File.ReadLines(file).Select(line => line.Split('=', 2)).ToDictionary(w => w[0], w => w[1]);
        return new Lease(words["address"], words["server"], words["router"], words["seconds"], words["event"]);
    }
}

/// <summary>A real DHCP client (udhcpc) in a VM; it stays and renews.</summary>
internal static class DhcpClient
{
    public static string LeaseFile(string folder, string nic) => Path.Combine(folder, nic + ".lease");

    /// <param name="vmNamespace">Where it runs.</param>
    /// <param name="nic">The NIC to configure.</param>
    /// <param name="hostname">Told to the server.</param>
    /// <param name="folder">For script, lease and log.</param>
    public static ProcessIdentity Start(string vmNamespace, string nic, string hostname, string folder)
    {
        var script = Path.Combine(folder, "udhcpc.sh");
        WriteScript(script);
        return DetachedProcess.Start(
            vmNamespace, Path.Combine(folder, nic + ".log"), new Dictionary<string, string?>(),
            "udhcpc", "-f", "-i", nic, "-s", script, "-x", "hostname:" + hostname, "-t", "5", "-T", "1", "-A", "1");
    }

    public static async Task<Lease> WaitForLeaseAsync(string folder, string nic, TimeSpan bound, CancellationToken ct)
    {
        var file = LeaseFile(folder, nic);
        return await Wait.UntilAsync(() => File.Exists(file), bound, ct)
            ? Lease.Read(file)!
            : throw new SimulatorException($"No DHCP lease on {nic} within {bound.TotalSeconds:0} s: {LastLine(Path.Combine(folder, nic + ".log"))}");
    }

    private static string LastLine(string log) => File.Exists(log) ? File.ReadLines(log).LastOrDefault() ?? "the client said nothing." : "the client said nothing.";

    private static void WriteScript(string file)
    {
        using var text = Assembly.GetExecutingAssembly().GetManifestResourceStream("udhcpc.sh")!;
        using (var copy = File.Create(file))
        {
            text.CopyTo(copy);
        }

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NovaNetBus.Simulator.Namespaces;

/// <summary>Named network namespaces (as <c>ip netns</c> knows them). A socket belongs for life to the namespace in which it was made,
/// so this process can hold sockets of many and needs no helper process inside any of them.</summary>
internal static class NetworkNamespace
{
    private const string Directory = "/run/netns";
    private const int CloneNewNet = 0x40000000;
    private const int FamilyInternet = 2;
    private const int FamilyPacket = 17;
    private const int TypeStream = 1;
    private const int TypeDatagram = 2;
    private const int TypeRaw = 3;
    private const int CloseOnExec = 0x80000;

    // ETH_P_ALL in network byte order.
    private const int AllProtocols = 0x0300;

    public static bool Exists(string name) => File.Exists(Path.Combine(Directory, name));

    public static IReadOnlyList<string> All() =>
        System.IO.Directory.Exists(Directory)
            ? [.. System.IO.Directory.EnumerateFiles(Directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Makes the namespace with its loopback up and IPv6 off (it would only add noise to captures).</summary>
    public static async Task CreateAsync(string name, CancellationToken ct)
    {
        if (Exists(name))
        {
            throw new SimulatorException($"The network namespace {name} exists already.");
        }

        await Tool.RunAsync(ct, "ip", "netns", "add", name);
        await SetSysctlsAsync(name, ["net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"], ct);
        await Tool.RunAsync(ct, "ip", "-n", name, "link", "set", "lo", "up");
    }

    /// <summary>Ends every process inside, by its id, and removes the namespace. Nothing happens when there is none.</summary>
    public static async Task DeleteAsync(string name, CancellationToken ct)
    {
        if (!Exists(name))
        {
            return;
        }

        foreach (var signal in new[] { Signal.Terminate, Signal.Kill })
        {
            var inside = await ProcessesAsync(name, ct);
            foreach (var process in inside)
            {
                process.Send(signal);
            }

            await Wait.UntilAsync(() => !inside.Any(p => p.IsRunning), TimeSpan.FromSeconds(5), ct);
        }

        await Tool.RunAsync(ct, "ip", "netns", "del", name);
    }

    public static async Task<IReadOnlyList<ProcessIdentity>> ProcessesAsync(string name, CancellationToken ct)
    {
        var lines = await Tool.RunAsync(ct, "ip", "netns", "pids", name);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => ProcessIdentity.Of(int.Parse(line))).OfType<ProcessIdentity>()];
    }

    /// <summary>A setting that this kernel lacks is none to change.</summary>
    public static Task SetSysctlsAsync(string name, IEnumerable<string> settings, CancellationToken ct) =>
        Tool.RunInAsync(ct, name, ["sysctl", "-q", "-e", "-w", .. settings]);

    /// <summary>A TCP socket of that namespace, not yet bound or connected.</summary>
    public static Socket TcpSocket(string name) =>
        new(new SafeSocketHandle(Inside(name, () => (nint)OpenSocket(FamilyInternet, TypeStream | CloseOnExec, 0)), ownsHandle: true));

    /// <summary>A UDP socket of that namespace, not yet bound or connected.</summary>
    public static Socket UdpSocket(string name) =>
        new(new SafeSocketHandle(Inside(name, () => (nint)OpenSocket(FamilyInternet, TypeDatagram | CloseOnExec, 0)), ownsHandle: true));

    /// <summary>A packet(7) socket of that namespace for whole frames of all protocols, and the index of one of its interfaces.</summary>
    public static (Socket Socket, int InterfaceIndex) PacketSocket(string name, string nic)
    {
        var index = Inside(name, () => (nint)InterfaceIndex(nic));
        var socket = Inside(name, () => (nint)OpenSocket(FamilyPacket, TypeRaw | CloseOnExec, AllProtocols));
        return (new Socket(new SafeSocketHandle(socket, ownsHandle: true)), (int)index);
    }

    /// <summary>Inside there is one system call and nothing else: a thread that the runtime started meanwhile would inherit the namespace for good,
    /// and with it every socket and process that it makes later.</summary>
    private static nint Inside(string name, Func<nint> systemCall)
    {
        if (!Exists(name))
        {
            throw new SimulatorException($"There is no network namespace {name}: is the world up?");
        }

        using var there = File.OpenHandle(Path.Combine(Directory, name));
        using var here = File.OpenHandle("/proc/thread-self/ns/net");
        var entered = SetNs(there, CloneNewNet) == 0;
        var result = entered ? systemCall() : -1;
        var error = Marshal.GetLastPInvokeError();
        if (entered && SetNs(here, CloneNewNet) != 0)
        {
            Environment.FailFast($"The network namespace {name} cannot be left.");
        }

        return result > 0 ? result : throw new SimulatorException($"In the network namespace {name}: {new Win32Exception(error).Message}.");
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNs(SafeHandle descriptor, int type);

    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static extern int OpenSocket(int family, int type, int protocol);

    [DllImport("libc", EntryPoint = "if_nametoindex", SetLastError = true)]
    private static extern uint InterfaceIndex([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}

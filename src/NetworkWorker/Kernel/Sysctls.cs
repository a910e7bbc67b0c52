using NovaNetBus.Hosting.HostText;

namespace NovaNetBus.NetworkWorker.Kernel;

/// <summary>Kernel settings below <c>net.</c>, of the network namespace of the calling thread.</summary>
internal static class Sysctls
{
    private const string Root = "/proc/sys/";

    /// <summary>The value; null when this kernel does not have the setting.</summary>
    public static string? Read(string name) => PathOf(name) is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    /// <summary>
    /// Sets it. The switches of br_netfilter are not there while that module is not loaded: then they need not be switched off.
    /// </summary>
    public static void Write(string name, string value)
    {
        if (Read(name) is not { } current)
        {
            if (!IsOfBridgeFilter(name))
            {
                throw new InvalidOperationException($"this kernel has no setting {name}");
            }
        }
        else if (current != value)
        {
            File.WriteAllText(PathOf(name), value);
        }
    }

    /// <summary>Off: no router solicitations from the host to the VMs of an IPv4 network. Does nothing where the kernel has no IPv6.</summary>
    public static void SetIpv6(string interfaceName, bool on)
    {
        var path = $"{Root}net/ipv6/conf/{InterfaceName.Checked(interfaceName)}/disable_ipv6";
        if (File.Exists(path))
        {
            File.WriteAllText(path, on ? "0" : "1");
        }
    }

    public static bool IsOfBridgeFilter(string name) => name.StartsWith("net.bridge.", StringComparison.Ordinal);

    private static string PathOf(string name) =>
        name.StartsWith("net.", StringComparison.Ordinal) && !name.Contains("..", StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal)
            ? Root + name.Replace('.', '/')
            : throw new ArgumentException($"'{name}' is not a network setting", nameof(name));
}

using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;

namespace NovaNetBus.NetworkWorker.Kernel;

/// <summary>Kernel settings below <c>net.</c>, of the network namespace of the calling thread.</summary>
internal static class Sysctls
{
    private const string Root = "/proc/sys/";

    /// <summary>The value; null when this kernel does not have the setting.</summary>
    private static string? Read(string name) => PathOf(name) is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    /// <summary>The setting as it is; as it is wanted where it need not be changed; null when this kernel does not have it.</summary>
    public static Sysctl? Read(Sysctl wanted) => IsGoodAsItIs(wanted) ? wanted : Read(wanted.Name) is { } value ? wanted with { Value = value } : null;

    /// <summary>Sets it, unless it is as good as that.</summary>
    public static void Write(Sysctl wanted)
    {
        if (!IsGoodAsItIs(wanted))
        {
            Write(PathOf(wanted.Name), wanted.Value, wanted.Name);
        }
    }

    /// <summary>A setting of IPv6 of one interface; null when this kernel has no IPv6, or no such interface.</summary>
    public static string? ReadIpv6(string interfaceName, string name) => Ipv6PathOf(interfaceName, name) is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    /// <summary>Sets one. Throws when this kernel has no IPv6, or no such interface.</summary>
    public static void WriteIpv6(string interfaceName, string name, string value) => Write(Ipv6PathOf(interfaceName, name), value, $"{name} of IPv6 on {interfaceName}");

    /// <summary>Off: no router solicitations from the host to the VMs of an IPv4 network. Does nothing where the kernel has no IPv6.</summary>
    public static void SetIpv6(string interfaceName, bool on)
    {
        var path = Ipv6PathOf(interfaceName, "disable_ipv6");
        if (File.Exists(path))
        {
            File.WriteAllText(path, on ? "0" : "1");
        }
    }

    /// <summary>
    /// The switches of br_netfilter are not there while that module is not loaded: then they need not be switched off. An interface that is not there, or
    /// learns no router, need not go on to learn one.
    /// </summary>
    private static bool IsGoodAsItIs(Sysctl wanted) => Read(wanted.Name) is var value
        && (value == wanted.Value || (value is null && IsOfBridgeFilter(wanted.Name)) || (value is null or "0" && wanted.IsOfAdvertisements));

    private static bool IsOfBridgeFilter(string name) => name.StartsWith("net.bridge.", StringComparison.Ordinal);

    private static void Write(string path, string value, string what)
    {
        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"this kernel has no setting {what}");
        }

        File.WriteAllText(path, value);
    }

    private static string Ipv6PathOf(string interfaceName, string name) => $"{Root}net/ipv6/conf/{InterfaceName.Checked(interfaceName)}/{name}";

    /// <summary>Dots are slashes and slashes are dots, as sysctl(8) has it.</summary>
    private static string PathOf(string name)
    {
        string[] parts = [.. name.Split('.').Select(part => part.Replace('/', '.'))];
        return parts[0] == "net" && parts.All(part => part is not "" and not "." and not "..")
            ? Root + string.Join('/', parts)
            : throw new ArgumentException($"'{name}' is not a network setting", nameof(name));
    }
}

using System.Globalization;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.Hosting.HostText;

/// <summary>Where the files of one network's dnsmasq are: below &lt;state_path&gt;/networks/&lt;network id&gt;/.</summary>
/// <param name="Folder">Absolute.</param>
public sealed record DnsmasqPaths(string Folder)
{
    /// <summary>Its process.</summary>
    public string Pid => Path.Combine(Folder, "pid");

    /// <summary>A file for each answer, named by its address.</summary>
    public string Hosts => Path.Combine(Folder, "hosts.d");

    /// <summary>What its clients are told beside their address.</summary>
    public string Options => Path.Combine(Folder, "options");

    /// <summary>Written by dnsmasq.</summary>
    public string Leases => Path.Combine(Folder, "leases");

    /// <summary>Called by dnsmasq for each lease that begins, goes on or ends.</summary>
    public string LeaseScript => Path.Combine(Folder, "on-lease");

    /// <summary>Written by dnsmasq.</summary>
    public string Log => Path.Combine(Folder, "log");

    /// <summary>The folder that has a folder for each network.</summary>
    public static string Parent(string statePath) => Path.Combine(Path.GetFullPath(statePath), "networks");

    /// <summary>Of one network.</summary>
    public static DnsmasqPaths Of(string statePath, Guid networkId) => new(Path.Combine(Parent(statePath), networkId.ToString()));
}

/// <summary>What dnsmasq is told: nothing but typed values and checked names.</summary>
public static class DnsmasqText
{
    /// <summary>Clients with this tag are told no router.</summary>
    private const string Unrouted = "unrouted";

    /// <summary>At most this lies between two advertisements (nova: MaxRtrAdvInterval of update_ra).</summary>
    private const int AdvertisementSeconds = 10;

    /// <summary>The line of one host: MAC, tag and name if it has one, address.</summary>
    public static string HostLine(DhcpHost host) => string.Join(
        ',', new[] { host.Mac.ToString(), host.IsRouted ? null : "set:" + Unrouted, DnsLabel.From(host.Hostname), host.Address.ToString() }.OfType<string>());

    /// <summary>The options file.</summary>
    public static string Options(DhcpServer server) => string.Concat(
        $"tag:{Unrouted},option:router\n",
        "option:router" + (server.Router is { } router ? $",{router}" : ""), "\n", // without a value: not even the default
        "option:dns-server" + string.Concat(server.DnsServers.Select(dns => $",{dns}")), "\n",
        string.Create(CultureInfo.InvariantCulture, $"option:mtu,{server.Mtu}"), "\n");

    /// <summary>The command line. Throws when a name is none.</summary>
    public static IReadOnlyList<string> Arguments(DhcpServer server, DnsmasqPaths paths)
    {
        var serves = server.DnsServers.Contains(server.Server);
        return
        [
            "--conf-file=", // else /etc/dnsmasq.conf is read
            $"--pid-file={paths.Pid}",
            "--bind-interfaces",
            $"--interface={InterfaceName.Checked(server.Bridge)}",
            "--except-interface=lo",
            "--no-hosts",
            .. serves ? (ReadOnlySpan<string>)["--strict-order"] : ["--port=0", "--no-resolv"],
            .. server.DomainName.Length > 0 ? (ReadOnlySpan<string>)[$"--domain={DnsLabel.CheckedDomain(server.DomainName)}"] : [],
            .. server.AnswersDhcp
                ? (ReadOnlySpan<string>)[string.Create(CultureInfo.InvariantCulture, $"--dhcp-range={server.Range.Network},static,{server.Range.Netmask},{server.LeaseSeconds}s")]
                : [],
            .. server.Advertised is { } range ? Advertising(server, range) : [],
            string.Create(CultureInfo.InvariantCulture, $"--dhcp-lease-max={Math.Min(server.Range.Size, int.MaxValue)}"),
            "--dhcp-authoritative",
            "--dhcp-no-override",
            "--dhcp-ignore=tag:!known",
            $"--dhcp-hostsdir={paths.Hosts}",
            $"--dhcp-optsfile={paths.Options}",
            $"--dhcp-leasefile={paths.Leases}",
            $"--dhcp-script={paths.LeaseScript}",
            "--script-on-renewal",
            $"--log-facility={paths.Log}",
        ];
    }

    /// <summary>As nova had radvd do it: clients make their own addresses, and who has not heard of a router for three times the interval forgets it.</summary>
    private static string[] Advertising(DhcpServer server, Ipv6Cidr range) =>
    [
        "--enable-ra",
        string.Create(CultureInfo.InvariantCulture, $"--dhcp-range={range.Network},ra-only,{range.PrefixLength},{server.LeaseSeconds}s"),
        string.Create(CultureInfo.InvariantCulture, $"--ra-param={InterfaceName.Checked(server.Bridge)},{AdvertisementSeconds},{3 * AdvertisementSeconds}"),
    ];
}

using System.Text.Json;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;

namespace NovaNetBus.NetworkWorker.Kernel.Dhcp;

/// <summary>
/// The files of one network's dnsmasq, below &lt;state_path&gt;/networks/&lt;network id&gt;/. Nothing goes into them but typed values and checked
/// names. dnsmasq reads them as a user without rights.
/// </summary>
internal sealed class DhcpFiles(string statePath, Guid networkId)
{
    private const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public Guid NetworkId { get; } = networkId;

    public DnsmasqPaths Paths { get; } = DnsmasqPaths.Of(statePath, networkId);

    public string Folder => Paths.Folder;

    public string Pid => Paths.Pid;

    public string Hosts => Paths.Hosts;

    public string Options => Paths.Options;

    public string Leases => Paths.Leases;

    private string State => Path.Combine(Folder, "server.json");

    /// <summary>All networks that have files.</summary>
    public static IEnumerable<DhcpFiles> All(string statePath) => !Directory.Exists(Parent(statePath)) ? [] :
        Directory.EnumerateDirectories(Parent(statePath))
            .Select(folder => Guid.TryParseExact(Path.GetFileName(folder), "D", out var id) ? new DhcpFiles(statePath, id) : null).OfType<DhcpFiles>();

    /// <summary>The server that the files are for, and the index of the bridge that it listens on; null when nobody can tell.</summary>
    public (DhcpServer Server, int BridgeIndex)? ReadServer()
    {
        try
        {
            return JsonSerializer.Deserialize<SavedServer>(File.ReadAllText(State))!.ToServer(NetworkId);
        }
        catch (Exception e) when (e is IOException or JsonException or FormatException or NullReferenceException)
        {
            return null;
        }
    }

    /// <summary>Makes the folder and writes what the server needs. Host files of nobody knows which server are thrown away.</summary>
    public void WriteServer(DhcpServer server, int bridgeIndex)
    {
        if (ReadServer() is null && Directory.Exists(Hosts))
        {
            Directory.Delete(Hosts, recursive: true);
        }

        foreach (var folder in (ReadOnlySpan<string>)[Path.GetDirectoryName(Folder)!, Folder, Hosts])
        {
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, DirectoryMode);
        }

        Write(Options, DnsmasqText.Options(server));
        Write(Paths.LeaseScript, LeaseSpool.Script);
        File.SetUnixFileMode(Paths.LeaseScript, DirectoryMode);
        Write(State, JsonSerializer.Serialize(SavedServer.From(server, bridgeIndex)));
    }

    public void Delete()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Lines of the host files, by address.</summary>
    public IReadOnlyDictionary<Ipv4, string> ReadHosts() => !Directory.Exists(Hosts) ? new Dictionary<Ipv4, string>() :
        Directory.EnumerateFiles(Hosts).Where(file => Ipv4.TryParse(Path.GetFileName(file), out _))
            .ToDictionary(file => Ipv4.Parse(Path.GetFileName(file)), file => File.ReadAllText(file).TrimEnd('\n'));

    /// <summary>The line for one address; null: none.</summary>
    public string? ReadHost(Ipv4 address) => Path.Combine(Hosts, address.ToString()) is var file && File.Exists(file) ? File.ReadAllText(file).TrimEnd('\n') : null;

    /// <summary>dnsmasq sees it at once.</summary>
    public void WriteHost(Ipv4 address, string line) => Write(Path.Combine(Hosts, address.ToString()), line + "\n");

    /// <summary>dnsmasq sees it when it reads all again.</summary>
    public void DeleteHost(Ipv4 address) => File.Delete(Path.Combine(Hosts, address.ToString()));

    /// <summary>Addresses with the MAC addresses that they are leased to.</summary>
    public IReadOnlyList<(Ipv4 Address, string Mac, string Line)> ReadLeases() => !File.Exists(Leases) ? [] :
        [.. File.ReadLines(Leases).Select(line => (Line: line, Fields: line.Split(' ')))
            .Where(lease => lease.Fields.Length >= 3 && Ipv4.TryParse(lease.Fields[2], out _))
            .Select(lease => (Ipv4.Parse(lease.Fields[2]), lease.Fields[1], lease.Line))];

    /// <summary>Leases that no host file stands behind would keep their address from the next one. Only while no dnsmasq runs.</summary>
    public void PruneLeases()
    {
        var hosts = ReadHosts();
        var kept = ReadLeases().Where(lease => hosts.TryGetValue(lease.Address, out var line) && line.StartsWith(lease.Mac + ",", StringComparison.Ordinal));
        File.WriteAllLines(Leases, kept.Select(lease => lease.Line).ToList());
    }

    /// <summary>dnsmasq cannot read files in a folder that only root may enter, and would not say so.</summary>
    public void CheckReach()
    {
        for (var folder = new DirectoryInfo(Folder); folder is not null; folder = folder.Parent)
        {
            if ((folder.UnixFileMode & UnixFileMode.OtherExecute) == 0)
            {
                throw new InvalidOperationException($"{folder.FullName} may only be entered by its owner: dnsmasq, which runs without rights, could not read its files there (state_path)");
            }
        }
    }

    private static string Parent(string statePath) => DnsmasqPaths.Parent(statePath);

    /// <summary>By a name outside the folders that dnsmasq watches, so that it never sees half a file.</summary>
    private void Write(string path, string text)
    {
        var temporary = Path.Combine(Folder, "new");
        File.WriteAllText(temporary, text);
        File.SetUnixFileMode(temporary, FileMode);
        File.Move(temporary, path, overwrite: true);
    }

    private sealed record SavedServer(
        string Bridge, int BridgeIndex, string Server, string Range, int LeaseSeconds, string DomainName, string? Router, string[] DnsServers, int Mtu,
        bool AnswersDhcp = true, string? Advertised = null)
    {
        public static SavedServer From(DhcpServer server, int bridgeIndex) => new(
            server.Bridge, bridgeIndex, server.Server.ToString(), server.Range.ToString(), server.LeaseSeconds, server.DomainName,
            server.Router?.ToString(), [.. server.DnsServers.Select(dns => dns.ToString())], server.Mtu, server.AnswersDhcp, server.Advertised?.ToString());

        public (DhcpServer, int) ToServer(Guid networkId) => (
            new DhcpServer(
                networkId, Bridge, Ipv4.Parse(Server), Cidr.Parse(Range), LeaseSeconds, DomainName,
                Router is null ? null : Ipv4.Parse(Router), DnsServers.Select(Ipv4.Parse).ToValueList(), Mtu)
            {
                AnswersDhcp = AnswersDhcp,
                Advertised = Advertised is null ? null : Ipv6Cidr.Parse(Advertised),
            },
            BridgeIndex);
    }
}

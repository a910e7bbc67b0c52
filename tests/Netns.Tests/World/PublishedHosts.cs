using System.Globalization;
using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Integration.Tests;
using NovaNetBus.Integration.Tests.Programs;
using Npgsql;
using Xunit;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>Tests of the published programs, one after the other: there is one scheduler's queue on a broker.</summary>
[CollectionDefinition(nameof(PublishedHosts))]
public sealed class PublishedHostsCollection;

/// <summary>
/// The published scheduler beside the real broker and database, and hosts of their own, each a namespace with a published worker: eth0 on the public segment with an
/// address, eth1 on the hosts' own. The outside is everybody's default route.
/// </summary>
internal sealed class PublishedHosts : IAsyncDisposable
{
    private readonly string id = Guid.NewGuid().ToString("N")[..8];
    private readonly List<Child> central = [], workers = [];
    private readonly List<PublishedHost> hosts = [];
    private readonly List<PublishedVm> vms = [];
    private readonly Dictionary<string, string> environment;

    private PublishedHosts() => environment = new()
    {
        ["ConnectionStrings__RabbitMq"] = Services.RabbitMq,
        ["ConnectionStrings__Postgres"] = new NpgsqlConnectionStringBuilder(Services.Postgres) { Database = Database }.ConnectionString,
    };

    public PublicSegment Public { get; } = new();

    private string Database => "hosts_" + id;

    /// <summary>Lays out these hosts and starts the scheduler; the workers are <see cref="StartWorkers"/>'s.</summary>
    /// <param name="names">Of the hosts; on the broker they get a name of this run.</param>
    /// <param name="options">Of the scheduler.</param>
    public static async Task<PublishedHosts> StartAsync(IReadOnlyList<string> names, params IEnumerable<string> options)
    {
        var world = new PublishedHosts();
        await RunningPrograms.ExecuteAsync($"CREATE DATABASE {world.Database}");
        foreach (var name in names)
        {
            world.hosts.Add(new PublishedHost($"{name}-{world.id}", $"198.51.100.{world.hosts.Count + 1}", world.Public));
        }

        int[] ports = [new Uri(Services.RabbitMq).Port, new NpgsqlConnectionStringBuilder(Services.Postgres).Port];
        world.central.Add(world.Start("novanet-simulator", [
            "forward", .. world.hosts.SelectMany(host => new[] { "--namespace", host.Namespace.Name }),
            .. ports.SelectMany(port => new[] { "--port", port.ToString(CultureInfo.InvariantCulture) }),
        ]));
        world.central.Add(world.Start("novanet-scheduler", ["--http_listen=127.0.0.1:0", .. options]));
        return world;
    }

    public PublishedHost this[int number] => hosts[number];

    /// <summary>Starts the worker of each host; returns when the scheduler has heard of all.</summary>
    public async Task StartWorkersAsync(params string[] options)
    {
        foreach (var host in hosts)
        {
            StartWorker(host, options);
        }

        await AwaitWorkersAsync([.. hosts]);
    }

    /// <summary>Returns when the scheduler has heard of the workers of these hosts.</summary>
    public Task AwaitWorkersAsync(params PublishedHost[] wanted) =>
        Eventually.HoldsAsync("the scheduler hears of all workers", () => AreAliveAsync(wanted), TimeSpan.FromSeconds(60));

    /// <summary>Starts the worker of a host, for the first time or again.</summary>
    public void StartWorker(PublishedHost host, params string[] options)
    {
        string[] own = ["--host", host.Name, "--my-ip", host.Address, "--state-path", host.StatePath, "--http-listen", "127.0.0.1:0"];
        host.Worker = host.Namespace.Run(() => Start("novanet-worker", [.. own, .. options]));
        workers.Add(host.Worker);
    }

    /// <summary>Runs <c>novanet</c> with these words; its JSON. A refusal is an exception.</summary>
    public async Task<JsonElement> NovanetAsync(params IEnumerable<string> words)
    {
        await using var novanet = Start("novanet", [.. words, "--output", "json", "--timeout", "60"]);
        return JsonDocument.Parse(await novanet.SucceedsAsync(TimeSpan.FromSeconds(90))).RootElement;
    }

    /// <summary>Has this host serve a network; returns when it does.</summary>
    public async Task ServeAsync(string network, PublishedHost host)
    {
        await NovanetAsync("network", "modify", network, "--host", host.Name);
        await AwaitHostAsync(network, name => name == host.Name);
    }

    /// <summary>Waits until a network's host is one of those.</summary>
    public Task AwaitHostAsync(string network, Func<string?, bool> wanted, TimeSpan? longest = null) =>
        Eventually.HoldsAsync($"another host serves {network}", async () => wanted(await HostOfAsync(network)), longest);

    public async Task<string?> HostOfAsync(string network) =>
        (await NovanetAsync("network", "show", network)).TryGetProperty("host", out var host) ? host.GetString() : null;

    /// <summary>An instance's NIC, as a compute service plugs it on its host.</summary>
    public PublishedVm Plug(PublishedHost host, Vif vif)
    {
        var vm = new PublishedVm(host, vif);
        vms.Add(vm);
        return vm;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in central.Concat(workers))
        {
            await child.DisposeAsync();
        }

        vms.ForEach(vm => vm.Dispose());
        hosts.ForEach(host => host.Dispose());
        Public.Dispose();
        await RunningPrograms.DeleteQueuesAsync(
            [.. hosts.Select(host => Wire.WorkerQueue(host.Name)).SelectMany(queue => new[] { queue, Wire.ErrorQueue(queue), queue + "_skipped" })]);
        await RunningPrograms.ExecuteAsync($"DROP DATABASE {Database} WITH (FORCE)");
    }

    private async Task<bool> AreAliveAsync(IEnumerable<PublishedHost> wanted)
    {
        if (central.Concat(wanted.Select(host => host.Worker)).FirstOrDefault(child => child.HasEnded) is { } ended)
        {
            throw new InvalidOperationException("A program ended at its start:\n" + ended.Output);
        }

        try
        {
            var rows = await NovanetAsync("host", "list");
            var alive = rows.EnumerateArray().Where(row => row.GetProperty("alive").GetBoolean()).Select(row => row.GetProperty("host").GetString()).ToHashSet();
            return wanted.All(host => alive.Contains(host.Name));
        }
        catch (InvalidOperationException)
        {
            return false; // no scheduler answers yet
        }
    }

    private Child Start(string program, IEnumerable<string> arguments) => Child.Start(RunningPrograms.Published(program), environment, arguments);
}

/// <summary>One host, and its worker.</summary>
internal sealed class PublishedHost : IDisposable
{
    public PublishedHost(string name, string address, PublicSegment segment)
    {
        (Name, Address) = (name, address);
        Namespace = new NetworkNamespace("host");
        StatePath = Directory.CreateTempSubdirectory("novanet-netns-").FullName;
        File.SetUnixFileMode(StatePath, (UnixFileMode)0b111_101_101);
        segment.Join(Namespace, "eth0", address);
        segment.JoinInternal(Namespace, "eth1");
        Namespace.Ip($"route add default via {PublicSegment.Outsider}");
    }

    public string Name { get; }

    public string Address { get; }

    public NetworkNamespace Namespace { get; }

    public string StatePath { get; }

    public Child Worker { get; set; } = null!;

    /// <summary>Of a bridge that its worker made.</summary>
    public MacAddress MacOf(string bridge) => MacAddress.ForBridge(Name, bridge);

    /// <summary>True while it has this address on any interface, whether it answers for it or not.</summary>
    public bool Has(string address) => Namespace.Ip("-4 -o addr show").Contains($" {address}/", StringComparison.Ordinal);

    /// <summary>Cut off, or joined again.</summary>
    public void SetLinks(string state)
    {
        Namespace.Ip($"link set eth0 {state}");
        Namespace.Ip($"link set eth1 {state}");
    }

    public void Dispose()
    {
        Namespace.Dispose();
        Directory.Delete(StatePath, recursive: true);
    }
}

/// <summary>A VM whose NIC is an instance's, with a DHCP client that goes on running.</summary>
internal sealed class PublishedVm : IDisposable
{
    private const string DhcpScript = "#!/bin/sh\ncase \"$1\" in bound|renew) ip addr replace $ip/$mask dev $interface; [ -z \"$router\" ] || ip route replace default via $router;; esac\n"
        + "echo \"dhcp $1 $ip router $router\"\n";

    private readonly PublishedHost host;
    private Child? client;

    public PublishedVm(PublishedHost host, Vif vif)
    {
        (this.host, Vif) = (host, vif);
        Namespace = new NetworkNamespace("vm");
        host.Namespace.Ip($"link add {vif.PortName} mtu {vif.Mtu} type veth peer name eth0 mtu {vif.Mtu} address {vif.MacAddress} netns {Namespace.Name}");
        Namespace.Ip("link set eth0 up");
        host.Namespace.Ip($"link set {vif.PortName} master {vif.Bridge} up");
    }

    public NetworkNamespace Namespace { get; }

    public Vif Vif { get; }

    /// <summary>Has its DHCP client ask, or renew its lease; returns when that is granted, with the same address as ever.</summary>
    public async Task LeaseAsync()
    {
        var said = client is null ? $"dhcp bound {Vif.Address} router {Vif.Gateway}" : $"dhcp renew {Vif.Address} router {Vif.Gateway}";
        var before = Count(said);
        if (client is null)
        {
            var script = Path.Combine(host.StatePath, $"{Vif.PortName}.sh");
            File.WriteAllText(script, DhcpScript);
            File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
            client = Namespace.Run(() => Child.Start("udhcpc", new Dictionary<string, string>(), "-f", "-t", "30", "-T", "1", "-i", "eth0", "-s", script));
        }
        else
        {
            Namespace.Execute("kill", "-USR1", client.Id.ToString(CultureInfo.InvariantCulture));
        }

        await Eventually.HoldsAsync($"'{said}'", () => Count(said) > before);
    }

    /// <summary>Everything that its DHCP client was ever told.</summary>
    public string Leases => client?.Output ?? "";

    public void Dispose()
    {
        client?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Namespace.Dispose();
    }

    private int Count(string text) => Leases.Split(text).Length - 1;
}

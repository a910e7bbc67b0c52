using System.Net;
using System.Net.Sockets;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>The real programs of a region, each where it belongs: the scheduler beside the broker or on its host, a worker inside each host.</summary>
/// <param name="bin">Folder of the programs.</param>
/// <param name="logs">Folder of their output.</param>
/// <param name="staging">Their options.</param>
/// <param name="region">What they belong to.</param>
internal sealed class DemoPrograms(StateDirectory state, string bin, string logs, Staging staging, Region region)
{
    public const int SchedulerPort = 8780;
    private const int WorkerPort = 8781;
    private const string Folder = "programs";
    private static readonly TimeSpan ReadyBound = TimeSpan.FromMinutes(4); // in a guest on a machine that does more than this
    private static readonly TimeSpan PauseBetweenQuestions = TimeSpan.FromMilliseconds(100);

    /// <summary>Those that were started last.</summary>
    public static IEnumerable<ProcessIdentity> Started(StateDirectory state) =>
        state.FilesIn(Folder).Select(file => state.Read<ProcessIdentity>(Folder, Path.GetFileName(file))).OfType<ProcessIdentity>();

    /// <summary>Where the worker of a host keeps its files; dnsmasq, which gives up its rights, must be able to enter.</summary>
    public string StatePathOf(string host) => state.PublicFolder("hosts", host);

    private string SchedulerName => region.SchedulerAt is { } host ? $"scheduler-{host}" : "scheduler";

    private string? SchedulerNamespace => region.SchedulerAt is { } host ? WorldPlan.NamespaceOfHost(host) : null;

    public void StartScheduler() => Start(SchedulerName, SchedulerNamespace, [Path.Combine(bin, "novanet-scheduler"), .. staging.Options]);

    /// <param name="host">Its name; it runs inside that host's namespace.</param>
    /// <param name="more">Options beyond those that the world asks for.</param>
    public void StartWorker(string host, params string[] more) => Start(host, WorldPlan.NamespaceOfHost(host), WorkerCommand(host, more));

    /// <summary>A worker that is to end by itself, since its options are wrong.</summary>
    public Task<ToolResult> RunWorkerAsync(string host, CancellationToken ct, params string[] more) =>
        Tool.TryAsync(ct, region.Environment, "ip", ["netns", "exec", WorldPlan.NamespaceOfHost(host), "timeout", "120", .. WorkerCommand(host, more)]);

    public ProcessIdentity WorkerOf(string host) => Find(host) ?? throw new SimulatorException($"No worker was started on {host}.");

    public Task WaitForSchedulerAsync(CancellationToken ct) => WaitAsync(SchedulerName, SchedulerNamespace, SchedulerPort, ct);

    public Task WaitForWorkerAsync(string host, CancellationToken ct) => WaitAsync(host, WorldPlan.NamespaceOfHost(host), WorkerPort, ct);

    /// <summary>Ends all that were started.</summary>
    public static async Task StopAsync(StateDirectory state, CancellationToken ct) => await Task.WhenAll(Started(state).Select(p => p.StopAsync(ct)));

    private string[] WorkerCommand(string host, string[] more) =>
    [
        Path.Combine(bin, "novanet-worker"), "--host", host, "--public-interface", "eth0", "--send-arp-for-ha", "true", "--state-path", StatePathOf(host),
        .. staging.Options, .. staging.WorkerOptions, .. more,
    ];

    private ProcessIdentity? Find(string name) => state.Read<ProcessIdentity>(Folder, name + ".json");

    private void Start(string name, string? @namespace, params string[] command)
    {
        var process = DetachedProcess.Start(@namespace, Path.Combine(logs, name + ".log"), region.Environment, command);
        state.Write(process, Folder, name + ".json");
    }

    private async Task WaitAsync(string name, string? @namespace, int port, CancellationToken ct)
    {
        using var http = ClientIn(@namespace);
        var process = Find(name)!;
        var said = "it does not listen";
        var ready = await Wait.UntilAsync(
            async () =>
            {
                if (!process.IsRunning)
                {
                    throw new SimulatorException($"{name} ended; its output is in {Path.Combine(logs, name + ".log")}");
                }

                (var isReady, said) = await AskAsync(http, port, ct);
                return isReady;
            },
            ReadyBound, ct, PauseBetweenQuestions);
        if (!ready)
        {
            throw new SimulatorException($"{name} was not ready within {ReadyBound.TotalSeconds:0} s: {said}. Its output is in {Path.Combine(logs, name + ".log")}");
        }
    }

    private static async Task<(bool Ready, string Said)> AskAsync(HttpClient http, int port, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), ct);
            return (answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(ct));
        }
        catch (HttpRequestException e)
        {
            return (false, e.Message);
        }
    }

    private static HttpClient ClientIn(string? @namespace) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, ct) =>
        {
            var socket = @namespace is null
                ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                : NetworkNamespace.TcpSocket(@namespace);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });
}

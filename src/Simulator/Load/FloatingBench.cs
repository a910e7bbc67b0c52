using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using NovaNetBus.NetworkWorker.Host;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Load;

/// <summary>
/// What one more floating IP costs a host that has ten, and one that has ten thousand: the worker's own code on the real kernel of this namespace. And nova's way, in the same run: iptables-save, an edit,
/// iptables-restore.
/// </summary>
/// <param name="outside">Namespace of a machine on the public side, 198.18.0.2, at the other end of eth0 here.</param>
/// <param name="vm">Namespace of a VM, 10.4.0.10, whose port here is tap0.</param>
internal sealed class FloatingBench(string outside, string vm, TextWriter output)
{
    private const int Few = 10, Many = 10_000, Rounds = 60, RoundsOfIptables = 5, Port = 4001;

    private static readonly Cidr Fixed = Cidr.Parse("10.4.0.0/16"), Floating = Cidr.Parse("198.18.128.0/17");
    private static readonly Network Network = new()
    {
        Id = Guid.NewGuid(),
        Label = "bench",
        Cidr = Fixed,
        Gateway = Fixed.Network + 1,
        DhcpServer = Fixed.Network + 1,
        DhcpStart = Fixed.Network + 2,
        Assignable = new AddressRange(Fixed.Network + 2, Fixed.Network + 60_000),
        Bridge = "br100",
        MultiHost = true,
        ShareAddress = true,
        EnableDhcp = false,
        Mtu = 1500,
        Dns = [],
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly List<Figure> figures = [];

    public IReadOnlyList<Figure> Run()
    {
        var state = Directory.CreateTempSubdirectory("novanet-bench-").FullName;
        try
        {
            using var host = new KernelHost(state);
            var few = Measure(host, Few);
            var many = Measure(host, Many);
            Tell("add_ratio_10000_to_10", many.Add / few.Add, "");
            Tell("remove_ratio_10000_to_10", many.Remove / few.Remove, "");
            Tell("first_packet_ratio_10000_to_10", many.FirstPacket / few.FirstPacket, "");
            host.Apply(HostDiff.Between(HostState.Empty, host.Read(HostState.Empty)));
            var iptables = Iptables();
            Tell("iptables_add_ms_10000", iptables, "ms");
            Tell("iptables_add_ratio_10000", iptables / many.Add, "");
            return figures;
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    /// <summary>Medians, in milliseconds. The figure for what comes first holds for what comes again: each round adds and removes one.</summary>
    private (double Add, double Remove, double FirstPacket) Measure(KernelHost host, int count)
    {
        var view = View(count);
        var desired = HostPlanner.Plan(view);
        host.Apply(HostDiff.Between(desired, host.Read(desired)));
        Plug();
        var one = new HostView("bench", Settings, view.Networks, []) { Floatings = [Served(count)] };
        var (adding, removing) = (new Timings(), new Timings());
        for (var round = 0; round < Rounds; round++)
        {
            adding.Add(Timed(() => host.Apply(HostChange.Steps([HostChange.Coming(one, Cause)], desired))));
            var with = desired.With(HostPlanner.Plan(one).Resources);
            removing.Add(Timed(() => host.Apply(HostChange.Steps([HostChange.Going(one, Cause)], with))));
        }

        var suffix = count.ToString(CultureInfo.InvariantCulture);
        var (add, remove, packet) = (adding.Percentile(50), removing.Percentile(50), FirstPackets());
        Tell("add_ms_" + suffix, add, "ms");
        Tell("remove_ms_" + suffix, remove, "ms");
        Tell("first_packet_us_" + suffix, packet * 1000, "us");
        return (add, remove, packet);
    }

    /// <summary>The VM's port, as a compute service plugs it; returns when the bridge forwards by it.</summary>
    private static void Plug()
    {
        NetworkWorker.Kernel.Commands.RunOrThrow("ip", ["link", "set", FloatingBenchWorld.Port, "master", Network.Bridge], TimeSpan.FromSeconds(10));
        const string forwarding = "3";
        var state = $"/sys/class/net/{FloatingBenchWorld.Port}/brport/state";
        if (!SpinWait.SpinUntil(() => File.ReadAllText(state).Trim() == forwarding, TimeSpan.FromSeconds(20)))
        {
            throw new SimulatorException($"{FloatingBenchWorld.Port} does not forward.");
        }
    }

    /// <summary>A question from outside to a floating IP and its answer, each time of a connection that the kernel has not seen.</summary>
    private double FirstPackets()
    {
        const int packets = 400;
        using var server = NetworkNamespace.UdpSocket(vm);
        server.Bind(new IPEndPoint(IPAddress.Any, Port));
        var target = new IPEndPoint(IPAddress.Parse(Served(0).Address.ToString()), Port);
        var timings = new Timings();
        var buffer = new byte[16];
        for (var packet = 0; packet < packets; packet++)
        {
            using var client = NetworkNamespace.UdpSocket(outside);
            (client.ReceiveTimeout, server.ReceiveTimeout) = (10_000, 10_000);
            client.Connect(target);
            var began = Stopwatch.GetTimestamp();
            client.Send("question"u8);
            EndPoint asker = new IPEndPoint(IPAddress.Any, 0);
            server.ReceiveFrom(buffer, ref asker);
            server.SendTo("answer"u8, asker);
            client.Receive(buffer);
            timings.Add(Stopwatch.GetElapsedTime(began));
        }

        return timings.Percentile(50);
    }

    /// <summary>nova's four rules for each floating IP, and one more of them: save, edit, restore.</summary>
    private static double Iptables()
    {
        var rules = new StringBuilder("*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n");
        for (var index = 0; index < Many; index++)
        {
            rules.Append(RulesOf(Served(index)));
        }

        Run("iptables-restore", "-w", rules.Append("COMMIT\n").ToString());
        var timings = new Timings();
        for (var round = 0; round < RoundsOfIptables; round++)
        {
            var more = RulesOf(Served(Many + round));
            timings.Add(Timed(() => Run("iptables-restore", "-w", Run("iptables-save", "-c").Replace("COMMIT\n", more + "COMMIT\n", StringComparison.Ordinal))));
        }

        return timings.Percentile(50);
    }

    private static string RulesOf(ServedFloating floating) =>
        $"-A PREROUTING -d {floating.Address}/32 -j DNAT --to-destination {floating.FixedIp}\n-A OUTPUT -d {floating.Address}/32 -j DNAT --to-destination {floating.FixedIp}\n"
        + $"-A POSTROUTING -s {floating.FixedIp}/32 -o eth0 -j SNAT --to-source {floating.Address}\n-A POSTROUTING -s {floating.FixedIp}/32 -m conntrack --ctstate DNAT -j SNAT --to-source {floating.Address}\n";

    private static string Run(string program, string argument, string? input = null)
    {
        var result = NetworkWorker.Kernel.Commands.Run(program, [argument], TimeSpan.FromMinutes(2), input);
        return result.ExitCode == 0 ? result.Output : throw new SimulatorException($"{program}: {result.Errors}");
    }

    private static HostSettings Settings { get; } = new("eth0", "br100", null, Ipv4.Parse("198.18.0.1"), [], 3600, "", []);

    private static Cause Cause { get; } = new(null, Guid.Empty);

    private static HostView View(int floatings) => new(
        "bench", Settings, [new ServedNetwork(Network, Network.DhcpServer)],
        [new ServedPort(Network.Id, "tap0", MacAddress.Parse("fa:16:3e:00:00:0a"), Served(0).FixedIp, "vm")])
    {
        Floatings = [.. Enumerable.Range(0, floatings).Select(Served)],
    };

    private static ServedFloating Served(int index) => new(Floating.Network + 1 + (uint)index, Fixed.Network + 10 + (uint)index, Network.Id, null);

    private static TimeSpan Timed(Action action)
    {
        var began = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(began);
    }

    private void Tell(string metric, double value, string unit)
    {
        figures.Add(new Figure("floating." + metric, Math.Round(value, 3), unit));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"floating.{metric,-32} {value,12:0.###} {unit}"));
    }
}

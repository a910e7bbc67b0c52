using System.Diagnostics;
using System.Globalization;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using NovaNetBus.NetworkWorker.Host;
using Xunit;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>A host of its own: a namespace, a folder, and the product's <see cref="KernelHost"/> in it. Its network is 10.4.0.0/24 on br100.</summary>
internal sealed class TestHost : IDisposable
{
    public static readonly Guid NetworkId = Guid.Parse("6e3f8a36-5e0a-4a6b-9a51-6b5f7b1c0a01");
    public static readonly Ipv4 Gateway = Ipv4.Parse("10.4.0.1");

    private readonly List<IDisposable> inhabitants = [];
    private readonly string name;
    private readonly int announcements;
    private KernelHost kernel;
    private HostState planned = HostState.Empty;

    public TestHost(string name = "host-a", int announcements = 0)
    {
        (this.name, this.announcements) = (name, announcements);
        Namespace = new NetworkNamespace("host");
        StatePath = Directory.CreateTempSubdirectory("novanet-netns-").FullName;
        File.SetUnixFileMode(StatePath, (UnixFileMode)0b111_101_101);
        kernel = Namespace.Run(() => new KernelHost(StatePath, announcements));
    }

    public NetworkNamespace Namespace { get; }

    public string StatePath { get; }

    /// <summary>force_dhcp_release; of the workers that start from then on.</summary>
    public bool EndsLeases { get; set; } = true;

    public HostSettings Settings { get; set; } =
        new("pub0", "br100", null, Ipv4.Parse("198.51.100.1"), [], 3600, "novalocal", [Ipv4.Parse("192.0.2.53")]);

    public Network Network { get; set; } = new()
    {
        Id = NetworkId,
        Label = "private",
        Cidr = Cidr.Parse("10.4.0.0/24"),
        Gateway = Gateway,
        DhcpServer = Gateway,
        DhcpStart = Ipv4.Parse("10.4.0.3"),
        Assignable = new AddressRange(Ipv4.Parse("10.4.0.2"), Ipv4.Parse("10.4.0.254")),
        Bridge = "br100",
        MultiHost = true,
        ShareAddress = true,
        EnableDhcp = true,
        Mtu = 1450,
        Dns = [],
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>use_ipv6, and fd00:4::/64 for the network.</summary>
    public void UseIpv6()
    {
        Settings = Settings with { UsesIpv6 = true };
        Network = Network with { CidrV6 = Ipv6Cidr.Parse("fd00:4::/64"), GatewayV6 = Ipv6.Parse("fd00:4::1") };
    }

    /// <summary>What the host is for its network.</summary>
    public NetworkPart Part { get; set; } = NetworkPart.Gateway;

    public List<ServedPort> Ports { get; } = [];

    public List<ServedFloating> Floatings { get; } = [];

    /// <summary>What the host must look like with the present settings and ports.</summary>
    public HostState Plan() => HostPlanner.Plan(new HostView(name, Settings, [new ServedNetwork(Network, Gateway) { Part = Part }, .. Others], Ports) { Floatings = Floatings });

    /// <summary>Further networks on this host.</summary>
    public List<ServedNetwork> Others { get; } = [];

    /// <summary>The host answers for what it holds on lease from now on for so long.</summary>
    public void Renew(TimeSpan lease) => Namespace.Run(() => kernel.Renew(Stopwatch.GetTimestamp() + (long)(lease.TotalSeconds * Stopwatch.Frequency)));

    /// <summary>Tells the neighbours of the gateway's address and of the floating ones.</summary>
    public void Announce() => Namespace.Run(() => kernel.Announce(LeasedAddresses.Of(planned)));

    public HostState Read(HostState wanted) => Namespace.Run(() => kernel.Read(wanted));

    /// <summary>Full reconcile; the steps that it took.</summary>
    public IReadOnlyList<HostAction> Reconcile(HostState? wanted = null) => Namespace.Run(() =>
    {
        planned = wanted ?? Plan();
        var actions = HostDiff.Between(planned, kernel.Read(planned));
        kernel.Apply(actions);
        return actions;
    });

    /// <summary>Only the difference to what was planned last, as a worker does it while it runs.</summary>
    public void ApplyChange() => Namespace.Run(() =>
    {
        var previous = planned;
        planned = Plan();
        kernel.Apply(HostDiff.Between(planned, previous));
    });

    /// <summary>Another worker process takes over.</summary>
    public void RestartWorker() => Namespace.Run(() =>
    {
        kernel.Dispose();
        kernel = new KernelHost(StatePath, announcements, endsLeases: EndsLeases);
    });

    /// <summary>A VM whose port the host does not know yet.</summary>
    public TestVm Plug(int number)
    {
        var vm = new TestVm(this, number);
        inhabitants.Add(vm);
        return vm;
    }

    /// <summary>A VM that the plan has; <see cref="Reconcile"/> or <see cref="ApplyChange"/> makes it known.</summary>
    public TestVm PlugKnown(int number)
    {
        var vm = Plug(number);
        Ports.Add(vm.Port);
        return vm;
    }

    /// <summary>A floating IP leads to a VM; <see cref="Reconcile"/> or <see cref="ApplyChange"/> makes it so.</summary>
    public void Associate(string floating, TestVm vm, string? nic = null) => Floatings.Add(new ServedFloating(Ipv4.Parse(floating), vm.Address, NetworkId, nic));

    public void Disassociate(string floating) => Floatings.RemoveAll(served => served.Address == Ipv4.Parse(floating));

    /// <summary>A machine at the other end of a NIC of the host, which gets this name.</summary>
    public TestNeighbour Connect(string nic)
    {
        var neighbour = new TestNeighbour(this, nic);
        inhabitants.Add(neighbour);
        return neighbour;
    }

    public string DhcpFile(string name) => Path.Combine(StatePath, "networks", NetworkId.ToString(), name);

    public int DhcpPid() => int.Parse(File.ReadAllText(DhcpFile("pid")), CultureInfo.InvariantCulture);

    /// <summary>A crash of dnsmasq; returns when the process is gone.</summary>
    public void KillDhcp()
    {
        var pid = DhcpPid();
        Namespace.Execute("kill", "-9", $"{pid}");
        Assert.True(SpinWait.SpinUntil(() => !IsAlive(pid), TimeSpan.FromSeconds(5)));
    }

    /// <summary>False also for one that has ended and whose parent has not asked yet.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Waits until a port of a bridge carries frames: the kernel sees to that some time after it is switched on.</summary>
    public void AwaitPort(string name) => Assert.True(
        SpinWait.SpinUntil(() => Namespace.Execute("bridge", "link", "show", "dev", name).Contains("state forwarding", StringComparison.Ordinal), TimeSpan.FromSeconds(10)));

    public void Dispose()
    {
        kernel.Dispose();
        inhabitants.ForEach(inhabitant => inhabitant.Dispose());
        Namespace.Dispose();
        Directory.Delete(StatePath, recursive: true);
    }
}

/// <summary>A VM: a namespace whose eth0 is plugged into the host's br100 as tap&lt;number&gt;. Its address is 10.4.0.&lt;number&gt;.</summary>
internal sealed class TestVm : IDisposable
{
    private const string DhcpScript = "#!/bin/sh\n[ \"$1\" = bound ] || exit 0\nip addr add $ip/$mask dev $interface\n"
        + "[ -z \"$router\" ] || ip route add default via $router\necho \"bound $ip/$mask router $router dns $dns mtu $mtu hostname $hostname domain $domain\"\n";

    private readonly TestHost host;

    public TestVm(TestHost host, int number, string? mac = null)
    {
        this.host = host;
        Namespace = new NetworkNamespace($"vm{number}");
        Mac = MacAddress.Parse(mac ?? string.Create(CultureInfo.InvariantCulture, $"fa:16:3e:00:00:{number:x2}"));
        Address = Ipv4.Parse($"10.4.0.{number}");
        PortName = $"tap{number}";
        host.Namespace.Ip($"link add {PortName} mtu 1450 type veth peer name eth0 mtu 1450 address {Mac} netns {Namespace.Name}");
        Namespace.Ip("link set eth0 up");
        Port = new ServedPort(TestHost.NetworkId, PortName, Mac, Address, $"vm-{number}");
        Nic = new FrameSocket(Namespace, "eth0");
    }

    public NetworkNamespace Namespace { get; }

    public MacAddress Mac { get; private set; }

    public Ipv4 Address { get; }

    /// <summary>The one that it gives itself in fd00:4::/64.</summary>
    public Ipv6 AddressV6 => Ipv6Cidr.Parse("fd00:4::/64").AddressOf(Mac);

    /// <summary>The one that it gives itself for its link alone.</summary>
    public Ipv6 LinkLocal => Ipv6Cidr.LinkLocal.AddressOf(Mac);

    public string PortName { get; }

    public ServedPort Port { get; private set; }

    public FrameSocket Nic { get; }

    /// <summary>As the compute service does it: into the bridge, and on.</summary>
    public TestVm PlugIn(string bridge = "br100")
    {
        host.Namespace.Ip($"link set {PortName} master {bridge} up");
        host.AwaitPort(PortName);
        return this;
    }

    /// <summary>The whole host is reconciled first, so that there is a bridge.</summary>
    public TestVm PlugInAfter(TestHost reconciled)
    {
        reconciled.Reconcile();
        return PlugIn();
    }

    /// <summary>Another VM takes this place: another MAC, same address.</summary>
    public void ReplaceMac(string mac)
    {
        Mac = MacAddress.Parse(mac);
        Namespace.Ip("addr flush dev eth0");
        Namespace.Ip($"link set eth0 address {mac}");
        Port = Port with { Mac = Mac };
    }

    /// <summary>Waits until its kernel has given itself addresses by router advertisements, and checked them; all but those of the link, with their prefix.</summary>
    public string AwaitIpv6() => OwnAddresses.Await(Namespace);

    /// <summary>Runs a real DHCP client once; what it was given, as a line, or empty.</summary>
    public string AskForAddress(int tries = 5)
    {
        var script = Path.Combine(host.StatePath, $"{PortName}.sh");
        File.WriteAllText(script, DhcpScript);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        return Namespace.Run(() => NetworkWorker.Kernel.Commands.Run(
            "udhcpc",
            ["-q", "-f", "-n", "-t", tries.ToString(CultureInfo.InvariantCulture), "-T", "1", "-O", "mtu", "-i", "eth0", "-s", script],
            TimeSpan.FromSeconds(20))).Output.Trim();
    }

    public void Dispose()
    {
        Nic.Dispose();
        Namespace.Dispose();
    }
}

/// <summary>A machine at the other end of a NIC of the host.</summary>
internal sealed class TestNeighbour : IDisposable
{
    public TestNeighbour(TestHost host, string nic)
    {
        Namespace = new NetworkNamespace("out");
        host.Namespace.Ip($"link add {nic} type veth peer name eth0 address {Mac} netns {Namespace.Name}");
        host.Namespace.Ip($"link set {nic} up");
        Namespace.Ip("link set eth0 up");
        Nic = new FrameSocket(Namespace, "eth0");
    }

    public NetworkNamespace Namespace { get; }

    public MacAddress Mac { get; } = MacAddress.Parse("02:00:00:00:00:0a");

    public FrameSocket Nic { get; }

    public void Dispose()
    {
        Nic.Dispose();
        Namespace.Dispose();
    }
}

using System.Globalization;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.HostText;
using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Host;
using Xunit;

namespace NovaNetBus.Guest.Tests.World;

/// <summary>A host of its own: a namespace, a folder, and the product's <see cref="KernelHost"/> in it. Its VLANs are on eth1.</summary>
internal sealed class VlanHost : IDisposable
{
    private readonly string name;
    private readonly List<VlanVm> vms = [];
    private KernelHost kernel;

    public VlanHost(string name)
    {
        this.name = name;
        Namespace = new NetworkNamespace(name);
        StatePath = Directory.CreateTempSubdirectory("novanet-guest-").FullName;
        File.SetUnixFileMode(StatePath, (UnixFileMode)0b111_101_101);
        kernel = Start();
    }

    public NetworkNamespace Namespace { get; }

    public string StatePath { get; }

    public List<ServedNetwork> Networks { get; } = [];

    public HostSettings Settings { get; set; } =
        new("pub0", "br99", null, Ipv4.Parse("198.51.100.1"), [], 3600, "novalocal", [Ipv4.Parse("192.0.2.53")]) { Manager = NetworkManagerKind.VlanManager, VlanInterface = "eth1", UsesIpv6 = true };

    /// <summary>The network of a project: 10.&lt;vlan&gt;.0.0/24 and fd00:&lt;vlan&gt;::/64 on br&lt;vlan&gt;.</summary>
    public static Network Project(int vlan, bool shareAddress) => new()
    {
        Id = new Guid(vlan, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]),
        Label = $"project-{vlan}",
        Cidr = Cidr.Parse($"10.{vlan}.0.0/24"),
        Gateway = Ipv4.Parse($"10.{vlan}.0.1"),
        DhcpServer = Ipv4.Parse($"10.{vlan}.0.1"),
        DhcpStart = Ipv4.Parse($"10.{vlan}.0.4"),
        Assignable = new AddressRange(Ipv4.Parse($"10.{vlan}.0.4"), Ipv4.Parse($"10.{vlan}.0.254")),
        CidrV6 = Ipv6Cidr.Parse($"fd00:{vlan}::/64"),
        GatewayV6 = Ipv6.Parse($"fd00:{vlan}::1"),
        Bridge = $"br{vlan}",
        Vlan = vlan,
        ProjectId = $"project-{vlan}",
        MultiHost = true,
        ShareAddress = shareAddress,
        EnableDhcp = true,
        Mtu = 1450,
        Dns = [],
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>What this host must look like, as far as this kernel can.</summary>
    public HostState Plan() => HostState.Of(HostPlanner.Plan(new HostView(name, Settings, Networks, [.. vms.Select(vm => vm.Port)])).Resources
        .Where(resource => Kernel.HasRoutedRules || resource is not FirewallElement element || SetDefinition.All[element.Set].Families[0] == "bridge"));

    /// <summary>Full reconcile; the steps that it took.</summary>
    public IReadOnlyList<HostAction> Reconcile() => Namespace.Run(() =>
    {
        var wanted = Plan();
        var actions = HostDiff.Between(wanted, kernel.Read(wanted));
        kernel.Apply(actions);
        return actions;
    });

    /// <summary>Another worker process takes over.</summary>
    public void RestartWorker()
    {
        kernel.Dispose();
        kernel = Start();
    }

    /// <summary>A VM that the plan has; plugged in by <see cref="PlugIn"/>.</summary>
    public VlanVm Add(int vlan, int number)
    {
        var vm = new VlanVm(this, Networks.Single(served => served.Network.Vlan == vlan).Network, number);
        vms.Add(vm);
        return vm;
    }

    public void Remove(VlanVm vm)
    {
        vms.Remove(vm);
        vm.Dispose();
    }

    /// <summary>As the compute service does it, once the host is ready.</summary>
    public void PlugIn()
    {
        Reconcile();
        foreach (var vm in vms)
        {
            Namespace.Ip($"link set {vm.Port.PortName} master {vm.Bridge} up");
            AwaitPort(vm.Port.PortName);
        }
    }

    public void AwaitPort(string port) => Assert.True(
        SpinWait.SpinUntil(() => Namespace.Execute("bridge", "link", "show", "dev", port).Contains("state forwarding", StringComparison.Ordinal), TimeSpan.FromSeconds(30)));

    public void Dispose()
    {
        kernel.Dispose();
        vms.ForEach(vm => vm.Dispose());
        Namespace.Dispose();
        Directory.Delete(StatePath, recursive: true);
    }

    private KernelHost Start() => Namespace.Run(() => new KernelHost(StatePath, routedRules: Kernel.HasRoutedRules));
}

/// <summary>A VM of a project on a host: a namespace whose eth0 has 10.&lt;vlan&gt;.0.&lt;number&gt;.</summary>
internal sealed class VlanVm : IDisposable
{
    public VlanVm(VlanHost host, Network network, int number)
    {
        Bridge = network.Bridge;
        CidrV6 = network.CidrV6!.Value;
        Namespace = new NetworkNamespace(string.Create(CultureInfo.InvariantCulture, $"vm{network.Vlan}-{number}"));
        Port = new ServedPort(
            network.Id, $"tap{network.Vlan}-{number}", MacAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fa:16:3e:00:{network.Vlan % 256:x2}:{number:x2}")),
            network.Cidr.Network + (uint)number, $"vm-{number}");
        host.Namespace.Ip($"link add {Port.PortName} mtu 1450 type veth peer name eth0 mtu 1450 address {Port.Mac} netns {Namespace.Name}");
        Namespace.Ip("link set eth0 up");
        Namespace.Ip($"addr add {Port.Address}/24 dev eth0");
        Nic = new FrameSocket(Namespace, "eth0");
    }

    public NetworkNamespace Namespace { get; }

    public ServedPort Port { get; }

    public string Bridge { get; }

    public FrameSocket Nic { get; }

    public MacAddress Mac => Port.Mac;

    public Ipv4 Address => Port.Address;

    /// <summary>The one that it gives itself in its network.</summary>
    public Ipv6 AddressV6 => CidrV6.AddressOf(Mac);

    private Ipv6Cidr CidrV6 { get; }

    public void Dispose()
    {
        Nic.Dispose();
        Namespace.Dispose();
    }
}

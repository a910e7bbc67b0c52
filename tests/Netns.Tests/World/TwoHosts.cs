using NovaNetBus.Domain.Addressing;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>host-a (198.51.100.1) and host-b (198.51.100.2) on the public segment, one network over the wire between their flat0; all have the same gateway address.</summary>
internal sealed class TwoHosts : IDisposable
{
    public TwoHosts(int announcements = 0)
    {
        A = new TestHost("host-a", announcements);
        B = new TestHost("host-b", announcements);
        Public.Attach(A, "198.51.100.1");
        Public.Attach(B, "198.51.100.2");
        A.Namespace.Ip($"link add flat0 type veth peer name flat0 netns {B.Namespace.Name}");
        foreach (var host in (ReadOnlySpan<TestHost>)[A, B])
        {
            host.Settings = host.Settings with { FlatInterface = "flat0" };
        }
    }

    public PublicSegment Public { get; } = new();

    public TestHost A { get; }

    public TestHost B { get; }

    /// <summary>A VM with its address, whose neighbours can reach it.</summary>
    public static TestVm Vm(TestHost host, int number)
    {
        var vm = host.PlugKnown(number).PlugInAfter(host);
        vm.Namespace.Ip($"addr add {vm.Address}/24 dev eth0");
        vm.Namespace.Ip($"route add default via {TestHost.Gateway}");
        return vm;
    }

    /// <summary>Brings both hosts into the planned state, first the one that lets go.</summary>
    public void Apply()
    {
        A.Reconcile();
        B.Reconcile();
        A.AwaitPort("flat0");
        B.AwaitPort("flat0");
    }

    /// <summary>Of a host's public NIC.</summary>
    public static MacAddress MacOf(TestHost host) => host.Namespace.Run(() =>
    {
        using var netlink = new Rtnetlink();
        return netlink.Links().Single(link => link.Name == "pub0").Mac!.Value;
    });

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
        Public.Dispose();
    }
}

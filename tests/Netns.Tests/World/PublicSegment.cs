using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>The public side: a switch, the hosts' pub0 (198.51.100.1 and on), and a machine outside, 198.51.100.10. The switch joins the hosts among each other too, apart from that.</summary>
internal sealed class PublicSegment : IDisposable
{
    public const string Outsider = "198.51.100.10";

    private const string Side = "public";

    private readonly NetworkNamespace switching = new("segment");
    private int ports;

    public PublicSegment()
    {
        foreach (var side in (ReadOnlySpan<string>)[Side, "internal"])
        {
            switching.Ip($"link add {side} type bridge forward_delay 0 stp_state 0 mcast_snooping 0");
            switching.Ip($"link set {side} up");
        }

        switching.Execute("sysctl", "-q", "net.ipv6.conf.all.disable_ipv6=1");
        foreach (var kind in (ReadOnlySpan<string>)["iptables", "ip6tables", "arptables"])
        {
            if (File.Exists($"/proc/sys/net/bridge/bridge-nf-call-{kind}"))
            {
                switching.Execute("sysctl", "-q", $"net.bridge.bridge-nf-call-{kind}=0");
            }
        }

        Join(Outside, "eth0", Outsider);
        Nic = new FrameSocket(Outside, "eth0");
    }

    public NetworkNamespace Outside { get; } = new("outside");

    /// <summary>The outside machine's NIC.</summary>
    public FrameSocket Nic { get; }

    /// <summary>Gives a host its pub0 with this address, and lets it find the outside.</summary>
    public void Attach(TestHost host, string address, string nic = "pub0")
    {
        Join(host.Namespace, nic, address);
        host.Settings = host.Settings with { RoutingSourceIp = Ipv4.Parse(address) };
    }

    public void Dispose()
    {
        Nic.Dispose();
        Outside.Dispose();
        switching.Dispose();
    }

    /// <summary>A NIC on the public side, with this address.</summary>
    public void Join(NetworkNamespace place, string nic, string address)
    {
        Plug(place, nic, Side);
        place.Ip($"addr add {address}/24 dev {nic}");
    }

    /// <summary>A NIC on the hosts' own side.</summary>
    public void JoinInternal(NetworkNamespace place, string nic) => Plug(place, nic, "internal");

    private void Plug(NetworkNamespace place, string nic, string side)
    {
        var port = $"port{ports++}";
        place.Ip($"link add {nic} type veth peer name {port} netns {switching.Name}");
        switching.Ip($"link set {port} master {side} up");
        place.Ip($"link set {nic} up");
    }
}

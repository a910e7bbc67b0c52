using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Kernel;
using NovaNetBus.NetworkWorker.Metadata;
using Xunit;

namespace NovaNetBus.Netns.Tests;

public sealed class serving_metadata : IDisposable
{
    private readonly TestHost host = new();
    private readonly TestMetadata metadata;
    private readonly TestVm vm;
    private readonly VmProfile profile;

    public serving_metadata()
    {
        host.Settings = host.Settings with { Metadata = TestMetadata.Here };
        metadata = new TestMetadata(host);
        metadata.AwaitReady();
        vm = Boot(11);
        profile = metadata.Introduce(vm, userData: Convert.ToBase64String("#!/bin/sh\necho hello\n"u8));
    }

    public void Dispose()
    {
        metadata.Dispose();
        host.Dispose();
    }

    [Fact]
    public void a_vm_reads_itself_by_its_default_route_and_as_a_neighbour()
    {
        Assert.Equal((200, $"i-{profile.ShortId}"), Ask(vm, "/latest/meta-data/instance-id"));
        vm.Namespace.Ip("route add 169.254.0.0/16 dev eth0"); // as images without NOZEROCONF have it
        Assert.Equal((200, "10.4.0.11"), Ask(vm, "/latest/meta-data/local-ipv4"));
        Assert.Contains("169.254.169.254", vm.Namespace.Ip("neigh show"), StringComparison.Ordinal);
    }

    [Fact]
    public void each_path_leads_to_what_nova_had_there()
    {
        (string Path, string Answer)[] all =
        [
            ("/", "1.0\n2007-01-19\n2007-03-01\n2007-08-29\n2007-10-10\n2007-12-15\n2008-02-01\n2008-09-01\n2009-04-04\nlatest"),
            ("/openstack", "2012-08-10\n2013-04-04\n2013-10-17\n2015-10-15\n2016-06-30\n2016-10-06\nlatest"),
            ("/latest/", "meta-data/\nuser-data"),
            ("/2009-04-04/meta-data/hostname", "vm-11.novalocal"),
            ("/2009-04-04/meta-data/public-ipv4", "198.51.100.111"),
            ("/latest/meta-data/public-keys/", "0=mine"),
            ("/latest/meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAAvm-11 me@there"),
            ("/latest/meta-data/placement/availability-zone", "zone-1"),
            ("/latest/user-data", "#!/bin/sh\necho hello\n"),
            ("/openstack/latest/user_data", "#!/bin/sh\necho hello\n"),
            ("/openstack/latest/vendor_data.json", "{}"),
        ];
        Assert.All(all, expected => Assert.Equal((200, expected.Answer), Ask(vm, expected.Path)));
    }

    [Fact]
    public void openstacks_documents_are_json()
    {
        var told = JsonNode.Parse(Ask(vm, "/openstack/latest/meta_data.json").Body)!;
        Assert.Equal(profile.InstanceId.ToString(), told["uuid"]!.ToString());
        Assert.Equal("vm-11", told["meta"]!["role"]!.ToString());
        var network = JsonNode.Parse(Ask(vm, "/openstack/latest/network_data.json").Body)!;
        Assert.Equal("fa:16:3e:00:00:0b", network["links"]![0]!["ethernet_mac_address"]!.ToString());
    }

    [Fact]
    public void another_vms_data_cannot_be_had_by_anything_that_is_written()
    {
        var other = Boot(12);
        var others = metadata.Introduce(other);
        string[] lies =
        [
            "X-Forwarded-For: 10.4.0.12", "X-Real-IP: 10.4.0.12", "Forwarded: for=10.4.0.12", $"X-Instance-ID: {others.InstanceId}", "X-Tenant-ID: project-2",
            "X-Metadata-Provider: here", "Host: 10.4.0.12", "Client-IP: 10.4.0.12", "X-Original-URL: /latest/meta-data/local-ipv4", "X-HTTP-Method-Override: PUT",
        ];
        Assert.Equal((200, "10.4.0.12"), Ask(other, "/latest/meta-data/local-ipv4"));
        Assert.Equal((200, "10.4.0.11"), Ask(vm, "/latest/meta-data/local-ipv4", [.. lies.SelectMany(lie => (string[])["-H", lie])]));
        Assert.Equal((200, "10.4.0.11"), Ask(vm, "/latest/meta-data/local-ipv4?address=10.4.0.12"));
        Assert.Equal(404, Ask(vm, "/10.4.0.12/latest/meta-data/local-ipv4").Status);
        Assert.Equal(404, Ask(vm, "/latest/../../10.4.0.12").Status);
        Assert.Equal(400, Ask(vm, "/latest/meta-data/local-ipv4", "--haproxy-protocol").Status);
        Assert.DoesNotContain("10.4.0.12", Ask(vm, "/latest/meta-data/local-ipv4", "-x", "http://169.254.169.254:8775").Body, StringComparison.Ordinal);
    }

    [Fact]
    public void a_vm_that_takes_anothers_address_is_not_heard()
    {
        var other = Boot(12);
        metadata.Introduce(other);
        vm.Namespace.Ip("addr flush dev eth0");
        vm.Namespace.Ip("addr add 10.4.0.12/24 dev eth0");
        vm.Namespace.Ip("route add default via 10.4.0.1");
        Assert.Equal(0, Ask(vm, "/latest/meta-data/local-ipv4", "--max-time", "2").Status);
        Assert.Equal((200, "10.4.0.12"), Ask(other, "/latest/meta-data/local-ipv4"));
    }

    [Fact]
    public void the_same_address_on_another_bridge_is_somebody_else()
    {
        var elsewhere = host.Plug(21);
        var second = host.Network with { Id = Guid.NewGuid(), Cidr = Cidr.Parse("10.5.0.0/24"), Bridge = "br200", EnableDhcp = false };
        var port = elsewhere.Port with { NetworkId = second.Id, Address = Ipv4.Parse("10.5.0.21") };
        host.Reconcile(host.Plan().With(HostPlanner.Plan(new HostView("host-a", host.Settings, [new ServedNetwork(second, Ipv4.Parse("10.5.0.1"))], [port])).Resources));
        elsewhere.PlugIn("br200");
        elsewhere.Namespace.Ip("addr add 10.5.0.21/24 dev eth0");
        elsewhere.Namespace.Ip("route add default via 10.5.0.1");
        metadata.Known[new VmPlace("br100", port.Address)] = profile;
        Assert.Equal(404, Ask(elsewhere, "/latest/meta-data/local-ipv4").Status);

        metadata.Known[new VmPlace("br200", port.Address)] = profile with { Name = "elsewhere" };
        metadata.Directory.Forget(profile.InstanceId);
        Assert.Equal((200, "elsewhere.novalocal"), Ask(elsewhere, "/latest/meta-data/hostname"));
        Assert.Equal((200, "vm-11.novalocal"), Ask(vm, "/latest/meta-data/hostname"));
    }

    [Fact]
    public void who_is_not_known_finds_nothing()
    {
        var stranger = Boot(13);
        Assert.Equal(404, Ask(stranger, "/latest/meta-data/instance-id").Status);
        Assert.Equal(404, Ask(stranger, "/").Status);
        Assert.Equal(404, Ask(vm, "/latest/meta-data/no-such-thing").Status);
        Assert.Equal(404, Ask(vm, "/2099-01-01/meta-data/").Status);
        Assert.Equal(405, Ask(vm, "/openstack/latest/password", "-d", "secret").Status);
    }

    [Fact]
    public void a_deleted_vm_finds_nothing_as_soon_as_its_host_has_let_go()
    {
        Assert.Equal(200, Ask(vm, "/latest/user-data").Status);
        Assert.Equal(200, Ask(vm, "/latest/user-data").Status);
        Assert.Equal(1, metadata.Reads);

        metadata.Known.Clear();
        metadata.Directory.Forget(profile.InstanceId);
        Assert.Equal(404, Ask(vm, "/latest/user-data").Status);
        host.Ports.Clear();
        host.ApplyChange();
        Assert.Equal(0, Ask(vm, "/latest/user-data", "--max-time", "2").Status);
    }

    [Fact]
    public void neither_the_outside_nor_another_host_is_answered()
    {
        var outside = host.Connect("pub0");
        var trunk = host.Connect("flat0");
        host.Settings = host.Settings with { FlatInterface = "flat0" };
        host.Reconcile();
        host.AwaitPort("flat0");
        host.Namespace.Ip("addr add 198.51.100.1/24 dev pub0");
        outside.Namespace.Ip("addr add 198.51.100.10/24 dev eth0");
        outside.Namespace.Ip("route add 169.254.169.254 via 198.51.100.1");
        trunk.Namespace.Ip("addr add 10.4.0.200/24 dev eth0");
        trunk.Namespace.Ip("route add 169.254.169.254 via 10.4.0.1");
        trunk.Namespace.Ip($"neigh add 10.4.0.1 lladdr {MacAddress.ForBridge("host-a", "br100")} dev eth0");
        metadata.Known[new VmPlace("br100", Ipv4.Parse("10.4.0.200"))] = profile;

        Assert.Equal(0, Ask(outside.Namespace, "/", "--max-time", "2").Status);
        Assert.Equal(0, Ask(outside.Namespace, ":8775/", "--max-time", "2").Status);
        Assert.Equal(0, Ask(trunk.Namespace, "/", "--max-time", "2").Status);
        Assert.Equal(404, Ask(host.Namespace, ":8775/").Status);
        Assert.Equal(200, Ask(vm, "/").Status);
    }

    [Fact]
    public void a_vms_question_does_not_leave_by_the_trunk()
    {
        var trunk = host.Connect("flat0");
        host.Settings = host.Settings with { FlatInterface = "flat0" };
        host.Reconcile();
        host.AwaitPort("flat0");
        vm.Nic.Send(
            Frames.ArpRequest(vm.Mac, vm.Mac, vm.Address, MetadataTarget.WellKnown, "arp-question"),
            Frames.Udp(vm.Mac, vm.Address, trunk.Mac, MetadataTarget.WellKnown, "ip-question"),
            Frames.Udp(vm.Mac, vm.Address, trunk.Mac, Ipv4.Parse("10.4.0.200"), "after"));
        Assert.DoesNotContain(trunk.Nic.SeenUntil("after"), frame => frame.Contains("-question", StringComparison.Ordinal));
    }

    [Fact]
    public void a_vm_whose_gateway_is_another_machine_is_answered_by_its_host()
    {
        var trunk = host.Connect("flat0");
        trunk.Namespace.Ip("addr add 10.4.0.254/24 dev eth0");
        host.Settings = host.Settings with { FlatInterface = "flat0" };
        host.Network = host.Network with { Gateway = Ipv4.Parse("10.4.0.254") };
        host.Reconcile();
        host.AwaitPort("flat0");
        vm.Namespace.Ip("route replace default via 10.4.0.254");
        vm.Namespace.Execute("ping", "-c", "1", "-W", "5", "10.4.0.254");
        Assert.Equal((200, "10.4.0.11"), Ask(vm, "/latest/meta-data/local-ipv4"));
    }

    [Fact]
    public void without_metadata_a_vm_does_not_reach_what_its_host_would_find_there()
    {
        var cloud = host.Connect("pub0");
        host.Namespace.Ip("addr add 198.51.100.1/24 dev pub0");
        cloud.Namespace.Ip("addr add 198.51.100.10/24 dev eth0");
        cloud.Namespace.Ip("addr add 169.254.169.254/32 dev eth0");
        host.Namespace.Ip("route add default via 198.51.100.10");
        host.Settings = host.Settings with { Metadata = null };
        host.Reconcile();
        Assert.Equal(0, Run(host.Namespace, "ping", "-c", "1", "-W", "5", "169.254.169.254"));
        Assert.Equal(0, Run(vm.Namespace, "ping", "-c", "1", "-W", "5", "198.51.100.10"));
        Assert.NotEqual(0, Run(vm.Namespace, "ping", "-c", "1", "-W", "1", "169.254.169.254"));
    }

    [Fact]
    public void another_machines_metadata_service_sees_the_vms_own_address()
    {
        var api = host.Connect("pub0");
        host.Namespace.Ip("addr add 198.51.100.1/24 dev pub0");
        api.Namespace.Ip("addr add 198.51.100.10/24 dev eth0");
        api.Namespace.Ip("route add 10.4.0.0/24 via 198.51.100.1");
        host.Settings = host.Settings with { Metadata = new MetadataTarget(Ipv4.Parse("198.51.100.10"), 8775) };
        host.Reconcile();
        using var listener = api.Namespace.Run(() =>
        {
            var made = new TcpListener(IPAddress.Parse("198.51.100.10"), 8775);
            made.Start();
            return made;
        });
        var asking = vm.Namespace.Run(() => new TcpClient(new IPEndPoint(IPAddress.Any, 0)));
        using (asking)
        {
            asking.Connect("169.254.169.254", 80);
            Assert.True(SpinWait.SpinUntil(listener.Pending, TimeSpan.FromSeconds(30)));
            using var seen = listener.AcceptTcpClient();
            Assert.Equal("10.4.0.11", ((IPEndPoint)seen.Client.RemoteEndPoint!).Address.ToString());
        }
    }

    [Fact]
    public void a_web_server_of_the_host_does_not_stand_in_the_way()
    {
        using var server = Listen(80);
        Assert.Equal((200, "10.4.0.11"), Ask(vm, "/latest/meta-data/local-ipv4"));
    }

    [Fact]
    public void a_worker_whose_port_is_taken_says_so_and_serves_as_soon_as_it_is_free()
    {
        metadata.Dispose();
        using var taken = Listen(TestMetadata.Here.Port);
        using var late = new TestMetadata(host);
        Assert.True(SpinWait.SpinUntil(() => late.Health.Description?.StartsWith("metadata_port: ", StringComparison.Ordinal) == true, TimeSpan.FromSeconds(30)));
        taken.Stop();
        late.AwaitReady();
        late.Known[new VmPlace("br100", vm.Address)] = profile;
        Assert.Equal((200, "10.4.0.11"), Ask(vm, "/latest/meta-data/local-ipv4"));
    }

    [Fact]
    public void a_vm_that_keeps_its_connections_leaves_the_others_theirs()
    {
        var other = Boot(12);
        metadata.Introduce(other);
        var held = Enumerable.Range(0, 4 * VmLimits.Connections).Select(_ => vm.Namespace.Run(() => new TcpClient("169.254.169.254", 80))).ToList();
        try
        {
            Assert.True(SpinWait.SpinUntil(() => held.Count(IsEnded) >= 3 * VmLimits.Connections, TimeSpan.FromSeconds(30)));
            Assert.Equal((200, "10.4.0.12"), Ask(other, "/latest/meta-data/local-ipv4"));
            Assert.True(SpinWait.SpinUntil(() => held.All(IsEnded), TimeSpan.FromSeconds(60))); // who says nothing is left
            Assert.Equal((200, "10.4.0.11"), Ask(vm, "/latest/meta-data/local-ipv4"));
        }
        finally
        {
            held.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public void a_vm_that_asks_without_end_is_told_to_wait()
    {
        using var asking = vm.Namespace.Run(() => new TcpClient("169.254.169.254", 80) { ReceiveTimeout = 30_000 });
        var question = "GET /latest/ HTTP/1.1\r\nHost: me\r\n\r\n";
        var last = "GET /latest/ HTTP/1.1\r\nHost: me\r\nConnection: close\r\n\r\n";
        asking.GetStream().Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(question, 3 * VmLimits.Burst)) + last));
        var answers = new StreamReader(asking.GetStream()).ReadToEnd();
        Assert.Contains("HTTP/1.1 200 OK", answers, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 429 Too Many Requests", answers, StringComparison.Ordinal);
    }

    [Fact]
    public void a_question_that_is_too_long_is_refused()
    {
        var much = new string('x', 10_000);
        Assert.Equal(431, Ask(vm, "/latest/", "-H", $"X-Long: {much}").Status);
        Assert.Equal(414, Ask(vm, $"/latest/{much}").Status);
        Assert.Equal(405, Ask(vm, "/latest/", "-d", much).Status);
    }

    private static bool IsEnded(TcpClient connection)
    {
        try
        {
            return connection.Client.Poll(0, SelectMode.SelectRead) && connection.Available == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>A server of the host itself, on all of its addresses.</summary>
    private TcpListener Listen(int port) => host.Namespace.Run(() =>
    {
        var made = new TcpListener(IPAddress.Any, port);
        made.Start();
        return made;
    });

    private static int Run(NetworkNamespace place, string program, params string[] arguments) =>
        place.Run(() => Commands.Run(program, arguments, TimeSpan.FromSeconds(20))).ExitCode;

    private static (int Status, string Body) Ask(TestVm place, string path, params string[] more) => TestMetadata.Ask(place.Namespace, path, more);

    private static (int Status, string Body) Ask(NetworkNamespace place, string path, params string[] more) => TestMetadata.Ask(place, path, more);

    private TestVm Boot(int number)
    {
        var booted = host.PlugKnown(number).PlugInAfter(host);
        Assert.NotEqual("", booted.AskForAddress());
        return booted;
    }
}

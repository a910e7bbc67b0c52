using System.Text.Json.Nodes;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Host;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>Whether a host keeps what it has on a NIC: refused as long as nobody allowed it, and moved as a whole when somebody did.</summary>
public sealed class taking_a_nic_with_its_addresses : IDisposable
{
    private static readonly string[] Addresses =
        ["192.0.2.7/24 brd 192.0.2.255", "192.0.2.8/24 brd 192.0.2.255", "203.0.113.7/28", "2001:db8::7/64"];

    private static readonly string[] Routes =
    [
        "default via 192.0.2.1 metric 50", "198.18.0.0/15 via 203.0.113.1 src 203.0.113.7", "198.51.100.0/24 metric 7 scope link", "198.19.0.0/16 via 192.0.2.2 table 77 proto static",
    ];

    private readonly TestHost host = new();
    private readonly TestNeighbour neighbour;

    public taking_a_nic_with_its_addresses()
    {
        neighbour = host.Connect("eth0");
        foreach (var address in Addresses)
        {
            host.Namespace.Ip($"addr add {address} dev eth0{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}");
        }

        foreach (var route in Routes)
        {
            host.Namespace.Ip($"route add {route.Replace(" metric", " dev eth0 metric", StringComparison.Ordinal)}{(route.Contains("metric", StringComparison.Ordinal) ? "" : " dev eth0")}");
        }

        host.Namespace.Ip("-6 route add default via 2001:db8::1 dev eth0");
        neighbour.Namespace.Ip("addr add 192.0.2.1/24 dev eth0");
        neighbour.Namespace.Ip("addr add 2001:db8::1/64 dev eth0 nodad");
    }

    public void Dispose() => host.Dispose();

    /// <summary>The incident of the founding document: the NIC's address jumped to the bridge, again and again.</summary>
    [Fact]
    public void eth0_keeps_its_addresses_whatever_a_network_says()
    {
        host.Network = host.Network with { BridgeInterface = "eth0" };
        var before = CarriedBy("eth0");

        for (var attempt = 0; attempt < 3; attempt++)
        {
            var refusal = Assert.Throws<HostApplyException>(() => host.Reconcile());
            Assert.Equal(ErrorCodes.InterfaceCarriesAddresses, refusal.Code);
            Assert.Contains("192.0.2.7/24, 203.0.113.7/28, 192.0.2.8/24, 2001:db8::7/64, the default route", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, CarriedBy("eth0"));
        Assert.DoesNotContain("master", host.Namespace.Ip("link show eth0"), StringComparison.Ordinal);
        AssertReachable();
    }

    [Fact]
    public void a_nic_with_nothing_but_a_default_route_is_refused_too()
    {
        host.Connect("eth1");
        host.Namespace.Ip("route add default dev eth1 metric 900");
        host.Settings = host.Settings with { FlatInterface = "eth1" };

        Assert.Contains("eth1 carries the default route", Assert.Throws<HostApplyException>(() => host.Reconcile()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void when_allowed_all_of_it_moves_and_stays_and_comes_back()
    {
        var before = CarriedBy("eth0");
        Take();

        Assert.Equal(before, CarriedBy("br100", "10.4.0.1"));
        Assert.Empty(CarriedBy("eth0"));
        AssertReachable();
        Assert.Empty(host.Reconcile());
        host.RestartWorker();
        Assert.Empty(host.Reconcile());

        host.Reconcile(HostState.Empty);
        Assert.Equal(before, CarriedBy("eth0"));
        Assert.DoesNotContain("br100", host.Namespace.Ip("link"), StringComparison.Ordinal);
        AssertReachable();
        Assert.Empty(Directory.GetFiles(Snapshots));
    }

    [Fact]
    public void a_neighbour_hears_of_it_by_nothing()
    {
        neighbour.Namespace.Execute("ping", "-qc1", "-W5", "192.0.2.7");
        var mac = neighbour.Namespace.Ip("neigh show 192.0.2.7");
        Take();
        neighbour.Namespace.Execute("ping", "-qc1", "-W5", "192.0.2.7");

        Assert.Equal(mac.Split(' ')[4], neighbour.Namespace.Ip("neigh show 192.0.2.7").Split(' ')[4]);
    }

    [Fact]
    public void instances_leave_by_the_bridge_with_the_address_that_came_to_it()
    {
        host.Settings = host.Settings with { PublicInterface = "br100", RoutingSourceIp = Ipv4.Parse("192.0.2.7") };
        var vm = host.PlugKnown(11);
        Take();
        vm.PlugIn();
        vm.Namespace.Ip($"addr add {vm.Address}/24 dev eth0");
        vm.Namespace.Ip($"route add default via {TestHost.Gateway}");

        using var server = Conversation.Server(neighbour.Namespace);
        Assert.Equal("192.0.2.7", Conversation.Ask(vm.Namespace, "192.0.2.1", server));
    }

    [Fact]
    public void ipv6_of_instances_lives_beside_the_nics_on_the_bridge_and_leaves_it_as_it_was()
    {
        var before = CarriedBy("eth0");
        neighbour.Namespace.Ip("-6 route add fd00:4::/64 via 2001:db8::7");
        host.Settings = host.Settings with { PublicInterface = "br100" };
        host.UseIpv6();
        var vm = host.PlugKnown(11);
        Take();
        vm.PlugIn();

        Assert.Equal($"{vm.AddressV6}/64", vm.AwaitIpv6());
        Assert.True(Pinging.Reaches(vm.Namespace, "2001:db8::1"));
        AssertReachable();
        Assert.Empty(host.Reconcile());

        host.Settings = host.Settings with { UsesIpv6 = false };
        host.Reconcile();
        Assert.Equal(before, CarriedBy("br100", "10.4.0.1"));
        Assert.Empty(host.Reconcile());
        AssertReachable();
        host.Reconcile(HostState.Empty);
        Assert.Equal(before, CarriedBy("eth0"));
    }

    /// <summary>The bridge has the NIC's MAC address by then, and the rules lead frames to it by another.</summary>
    [Theory, InlineData("192.0.2.111"), InlineData(null)]
    public void what_would_pass_the_host_by_to_another_gateway_is_taken_and_translated_all_the_same(string? floating)
    {
        neighbour.Namespace.Ip("addr add 10.4.0.254/24 dev eth0");
        host.Network = host.Network with { Gateway = Ipv4.Parse("10.4.0.254") };
        host.Settings = host.Settings with { PublicInterface = "br100", RoutingSourceIp = Ipv4.Parse("192.0.2.7"), ForceSnatRanges = floating is null ? [Cidr.Parse("192.0.2.0/24")] : [] };
        var vm = host.PlugKnown(11);
        if (floating is not null)
        {
            host.Associate(floating, vm, "eth0");
        }

        Take();
        vm.PlugIn();
        vm.Namespace.Ip($"addr add {vm.Address}/24 dev eth0");
        vm.Namespace.Ip("route add default via 10.4.0.254");

        using var server = Conversation.Server(neighbour.Namespace);
        Assert.Equal(floating ?? "192.0.2.7", Conversation.Ask(vm.Namespace, "192.0.2.1", server));
        if (floating is not null)
        {
            using var inside = Conversation.Server(vm.Namespace);
            Assert.Equal("192.0.2.1", Conversation.Ask(neighbour.Namespace, floating, inside));
        }

        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void public_interface_is_not_taken_by_a_network_of_its_own_but_only_as_flat_interface()
    {
        host.Settings = host.Settings with { PublicInterface = "eth0", TakesInterfaceAddresses = true };
        host.Network = host.Network with { Bridge = "br0", BridgeInterface = "eth0" };
        var before = CarriedBy("eth0");

        Assert.Contains("public_interface moves as flat_interface only", Assert.Throws<HostApplyException>(() => host.Reconcile()).Message, StringComparison.Ordinal);

        Assert.Equal(before, CarriedBy("eth0"));
    }

    [Fact]
    public void what_its_address_is_given_for_a_time_is_refused_by_name()
    {
        host.Namespace.Ip("addr add 192.0.2.99/24 dev eth0 valid_lft 900 preferred_lft 900");
        var before = CarriedBy("eth0");

        var refusal = Assert.Throws<HostApplyException>(Take);

        Assert.Equal(ErrorCodes.InterfaceCarriesAddresses, refusal.Code);
        Assert.Contains("192.0.2.99/24 for a time only", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, CarriedBy("eth0"));
    }

    [Theory]
    [InlineData("nothing had moved", "link set eth0 nomaster")]
    [InlineData("all had gone from the NIC and nothing come to the bridge", "addr flush dev br100 scope global")]
    [InlineData("one address was under way", "addr del 203.0.113.7/28 dev br100")]
    [InlineData("somebody deleted the bridge", "link delete br100")]
    public void a_worker_that_was_killed_in_between_is_repaired_by_the_next(string case_, string damage)
    {
        Assert.NotEmpty(case_);
        var before = CarriedBy("eth0");
        Take();
        Unfinish();
        host.Namespace.Ip(damage);

        host.RestartWorker();
        host.Namespace.Run(() =>
        {
            using var links = new HostLinks(host.StatePath);
            links.Repair();
        });
        AssertReachable();
        host.Reconcile();
        Assert.Equal(before, CarriedBy("br100", "10.4.0.1"));
        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void after_another_start_of_the_machine_nothing_of_it_is_believed()
    {
        Take();
        host.Namespace.Ip("link delete br100");
        host.Namespace.Ip("addr add 192.0.2.66/24 dev eth0");
        Edit(snapshot => snapshot["Boot"] = "another");

        host.Namespace.Run(() =>
        {
            using var links = new HostLinks(host.StatePath);
            links.Repair();
        });

        Assert.Equal(["192.0.2.66/24"], CarriedBy("eth0"));
        Assert.Empty(Directory.GetFiles(Snapshots));
    }

    private string Snapshots => Path.Combine(host.StatePath, "taken-interfaces");

    private void Take()
    {
        host.Settings = host.Settings with { FlatInterface = "eth0", TakesInterfaceAddresses = true };
        host.Reconcile();
        host.AwaitPort("eth0");
    }

    /// <summary>The file as it was before everything had moved.</summary>
    private void Unfinish() => Edit(snapshot => snapshot["IsMoved"] = false);

    private void Edit(Action<JsonNode> change)
    {
        var file = Path.Combine(Snapshots, "eth0.json");
        var snapshot = JsonNode.Parse(File.ReadAllText(file))!;
        change(snapshot);
        File.WriteAllText(file, snapshot.ToJsonString());
    }

    private void AssertReachable()
    {
        neighbour.Namespace.Execute("ping", "-qc1", "-W5", "192.0.2.7");
        neighbour.Namespace.Execute("ping", "-6", "-qc1", "-W5", "2001:db8::7");
    }

    /// <summary>Addresses and routes as <c>ip</c> shows them, without the interface's name, in order; but for one address.</summary>
    private List<string> CarriedBy(string nic, string but = "-") =>
    [
        .. Lines($"-o addr show dev {nic} scope global").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]).Where(address => !address.StartsWith(but, StringComparison.Ordinal)),
        .. Lines($"route show dev {nic} table all").Concat(Lines($"-6 route show dev {nic} table all"))
            .Where(route => !route.Contains("proto kernel", StringComparison.Ordinal) && !route.Contains("table local", StringComparison.Ordinal) && !route.Contains("fe80::", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private IEnumerable<string> Lines(string arguments) => host.Namespace.Ip(arguments).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

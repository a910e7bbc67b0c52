using CsCheck;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class diff_properties
{
    private static readonly Gen<string> BridgeName = Gen.OneOf("br100", "br101", "br102");
    private static readonly Gen<string> Nic = Gen.OneOf("eth0", "eth1", "tap1", "tap2");
    private static readonly Gen<Ipv4> Address = Gen.UInt[0, 5].Select(last => Given.Ip("10.0.0.0") + last);
    private static readonly Gen<MacAddress> Mac = Gen.UInt[0, 3].Select(MacAddress.ForInstance);
    private static readonly Gen<Guid> NetworkId = Gen.Int[1, 3].Select(Given.Id);

    /// <summary>From small spaces, so that two states hold the same things, and the same things in other states.</summary>
    private static readonly Gen<HostResource> Resource = Gen.OneOf<HostResource>(
        Gen.Select(Gen.OneOf("net.ipv4.ip_forward", "net.bridge.bridge-nf-call-iptables", Sysctl.Ipv6Forwarding), Gen.OneOf("0", "1"), (name, value) => (HostResource)new Sysctl(name, value)),
        Gen.Int[1, 2].Select(version => (HostResource)new FirewallRules(version)),
        Gen.Select(Gen.Enum<FirewallSet>(), Nic.Array[1, 3], Gen.OneOf<string?>(null, "1", "2"), (set, parts, value) => (HostResource)new FirewallElement(set, [.. parts], value)),
        Gen.Select(BridgeName, Mac, Gen.OneOf(1400, 1500), (name, mac, mtu) => (HostResource)new Bridge(name, mac, mtu)),
        Gen.Select(BridgeName, Address, Gen.OneOf(24, 25), (bridge, address, prefix) => (HostResource)new BridgeAddress(bridge, address, prefix)),
        BridgeName.Select(bridge => (HostResource)new BridgeIpv6(bridge)),
        Gen.Select(BridgeName, Gen.UInt[0, 3], Gen.OneOf(64, 128), (bridge, last, prefix) => (HostResource)new BridgeAddressV6(bridge, Ipv6.Parse("fd00::") + last, prefix)),
        Gen.Select(Nic, BridgeName, Gen.Bool, (nic, bridge, takes) => (HostResource)new Uplink(nic, bridge, takes)),
        Gen.Select(Nic, Gen.Int[1, 2], Mac, (nic, vlan, mac) => (HostResource)new VlanDevice(VlanDevice.NameOf(vlan), nic, vlan, mac, 1500)),
        Gen.Select(NetworkId, BridgeName, Address, Gen.Bool, (id, bridge, address, routed) => (HostResource)new DhcpServer(
            id, bridge, address, Cidr.Parse("10.0.0.0/24"), 60, "", routed ? address : null, [address], 1500)),
        Gen.Select(NetworkId, Address, Mac, (id, address, mac) => (HostResource)new DhcpHost(id, "br100", Given.Ip("10.0.0.1"), address, mac, "vm")));

    private static readonly Gen<HostState> State = Resource.List[0, 25].Select(resources => HostState.Of(resources));

    [Fact]
    public void between_a_state_and_itself_there_is_nothing_to_do() =>
        State.Sample(
            state =>
            {
                Assert.Empty(HostDiff.Between(state, state));
                Assert.Empty(HostDiff.Between(state, HostState.Of(state.Resources.Reverse())));
            },
            iter: 300);

    [Fact]
    public void after_the_steps_the_state_is_the_desired_one_and_what_is_never_taken_back() =>
        Gen.Select(State, State).Sample(
            (desired, actual) =>
            {
                var after = actual.After(HostDiff.Between(desired, actual));

                Assert.Equal(HostState.Of(actual.Resources.Where(IsKept)).With(desired.Resources), after);
                Assert.Empty(HostDiff.Between(desired, after));
            },
            iter: 1000);

    [Fact]
    public void kernel_settings_and_rules_are_never_removed() =>
        State.Sample(
            state => Assert.DoesNotContain(HostDiff.Between(HostState.Empty, state), action => IsKept(action.Resource)), iter: 300);

    [Fact]
    public void all_that_is_too_much_goes_before_anything_comes_and_each_thing_is_touched_once() =>
        Gen.Select(State, State).Sample(
            (desired, actual) =>
            {
                var actions = HostDiff.Between(desired, actual);

                Assert.DoesNotContain(actions.SkipWhile(action => action is HostAction.Remove), action => action is HostAction.Remove);
                Assert.Equal(actions.Count, actions.Select(action => action.Resource.Key).Distinct().Count());
            },
            iter: 500);

    [Fact]
    public void every_step_is_of_its_kind() =>
        Gen.Select(State, State).Sample(
            (desired, actual) => Assert.All(HostDiff.Between(desired, actual), action => Assert.True(action switch
            {
                HostAction.Add add => actual.Find(add.Resource.Key) is null && desired.Find(add.Resource.Key) == add.Resource,
                HostAction.Change change => actual.Find(change.Resource.Key) == change.Previous && change.Previous != change.Resource && desired.Find(change.Resource.Key) == change.Resource,
                _ => actual.Find(action.Resource.Key) == action.Resource && desired.Find(action.Resource.Key) is null,
            })),
            iter: 500);

    [Fact]
    public void teardown_takes_the_kinds_in_the_reverse_order_of_build_up() =>
        State.Sample(
            state =>
            {
                var buildUp = Kinds(HostDiff.Between(state, HostState.Empty));
                var teardown = Kinds(HostDiff.Between(HostState.Empty, state));

                Assert.Equal(buildUp.Where(kind => kind != typeof(Sysctl) && kind != typeof(FirewallRules)).Reverse(), teardown);
            },
            iter: 300);

    [Fact]
    public void build_up_makes_each_thing_after_what_it_rests_on()
    {
        Type[] order =
        [
            typeof(Sysctl), typeof(FirewallRules), typeof(Bridge), typeof(FirewallElement), typeof(BridgeIpv6), typeof(BridgeAddress), typeof(BridgeAddressV6), typeof(VlanDevice),
            typeof(Uplink), typeof(DhcpServer), typeof(DhcpHost),
        ];

        State.Sample(state => Assert.Equal(order.Intersect(state.Resources.Select(resource => resource.GetType())), Kinds(HostDiff.Between(state, HostState.Empty))), iter: 300);
    }

    [Fact]
    public void the_same_states_give_the_same_steps_in_the_same_order() =>
        Gen.Select(State, State).Sample(
            (desired, actual) => HostDiff.Between(desired, actual).SequenceEqual(
                HostDiff.Between(HostState.Of(desired.Resources.Reverse()), HostState.Of(actual.Resources.Reverse()))),
            iter: 300);

    [Fact]
    public void a_part_of_a_state_is_what_its_keys_name() =>
        Gen.Select(State, State).Sample(
            (state, other) =>
            {
                var keys = other.Resources.Select(resource => resource.Key).ToList();
                var part = state.Restrict(keys);
                Assert.Equal(state, state.Without(keys).With(part.Resources));
                Assert.All(part.Resources, resource => Assert.Contains(resource.Key, keys));
            },
            iter: 300);

    [Fact]
    public void the_plan_of_a_host_is_the_union_of_the_plans_of_its_ports_and_no_key_means_two_things() =>
        View.Sample(
            view =>
            {
                var parts = view.Ports.Select(port => HostPlanner.Plan(view with
                {
                    Networks = [.. view.Networks.Where(served => served.Network.Id == port.NetworkId)],
                    Ports = [port],
                })).ToList();

                Assert.All(parts.SelectMany(part => part.Resources).GroupBy(resource => resource.Key), same => Assert.Single(same.Distinct()));
                Assert.Equal(HostPlanner.Plan(view), HostState.Of(parts.SelectMany(part => part.Resources)));
            },
            iter: 200);

    [Fact]
    public void one_port_more_or_less_touches_what_is_its_own_only() =>
        View.Sample(
            view =>
            {
                var all = HostPlanner.Plan(view);
                var port = view.Ports[^1];
                var without = HostPlanner.Plan(view with { Ports = [.. view.Ports.SkipLast(1)] });

                var added = HostDiff.Between(all, without);
                Assert.All(added, action => Assert.True(action is HostAction.Add && action.Resource is FirewallElement { Set: FirewallSet.VmPorts or FirewallSet.PortMac or FirewallSet.PortIp or FirewallSet.DhcpPorts or FirewallSet.Ip6Ports or FirewallSet.PortIp6 } or DhcpHost));
                Assert.Equal(added.Select(action => action.Resource.Key).Order(), HostDiff.Between(without, all).Select(action => action.Resource.Key).Order());
                Assert.Contains(port.PortName, string.Join(' ', added), StringComparison.Ordinal);
            },
            iter: 200);

    /// <summary>One to three networks, each with at least one port; bridges shared or not, as network creation allows them.</summary>
    private static Gen<HostView> View { get; } = Gen.Select(
        Gen.Int[1, 3], Gen.Bool, Gen.Bool.Array[3], Gen.Bool.Array[3], Gen.Int[0, 2].Array[0, 6], Gen.Bool.Array[4],
        (count, oneBridge, dhcp, shared, more, flags) =>
        {
            var (snat, ipv6, closed, everyHost) = (flags[0], flags[1], flags[2], flags[3]);
            var networks = Enumerable.Range(0, count).Select(place => Served(place, oneBridge, dhcp[place], shared[place], everyHost)).ToList();
            var ports = Enumerable.Range(0, count).Concat(more.Select(place => place % count))
                .Select((place, number) => new ServedPort(
                    networks[place].Network.Id, $"tap{number}", MacAddress.ForInstance((uint)number), networks[place].Network.Cidr.Network + 10 + (uint)number, "vm" + number));
            var settings = Given.Settings with { FlatInterface = oneBridge ? "eth9" : null, RoutingSourceIp = snat ? Given.Settings.RoutingSourceIp : null, UsesIpv6 = ipv6, AllowsSameNetTraffic = !closed };
            return new HostView("host-a", settings, networks, [.. ports]);
        });

    private static ServedNetwork Served(int place, bool oneBridge, bool dhcp, bool shared, bool everyHost)
    {
        var network = Given.Network(Given.Creation($"10.0.{place}.0/24") with
        {
            Id = Given.Id(place),
            Bridge = oneBridge ? "br100" : "br10" + place,
            BridgeInterface = "eth" + place,
            EnableDhcp = dhcp,
            ShareAddress = shared,
            MultiHost = everyHost,
            CidrV6 = place == 0 ? null : $"fd00:{place}::/64",
        });
        return new ServedNetwork(network, network.DhcpStart);
    }

    private static bool IsKept(HostResource resource) => resource is Sysctl or FirewallRules;

    private static IEnumerable<Type> Kinds(IReadOnlyList<HostAction> actions)
    {
        // A kind that came in two runs would be named twice here.
        var kinds = actions.Select(action => action.Resource.GetType()).ToList();
        return kinds.Where((kind, place) => place == 0 || kinds[place - 1] != kind);
    }
}

using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class planning_translations
{
    private static readonly Network Network = Given.Network(shareAddress: true);
    private static readonly ServedPort Port = new(Network.Id, "tap1", MacAddress.ForInstance(1), Given.Ip("10.0.0.9"), "vm1");

    [Fact]
    public void a_floating_address_is_two_elements_and_an_address_on_the_public_interface() =>
        Assert.Equal(
            ["element FloatingDnat 203.0.113.7", "element FloatingSnat 10.0.0.9", "floating eth0 203.0.113.7"],
            Keys(Plan(Network, Floating("203.0.113.7"))).Except(Keys(Plan(Network))));

    [Fact]
    public void a_range_with_an_interface_of_its_own_is_carried_and_left_by_that()
    {
        var plan = Plan(Network, Floating("203.0.113.7") with { Interface = "eth7" });

        Assert.NotNull(plan.Find("floating eth7 203.0.113.7"));
        Assert.NotNull(plan.Find("element PublicInterfaces eth7"));
        Assert.NotNull(plan.Find("element PublicInterfaces eth0"));
    }

    [Fact]
    public void of_several_for_one_fixed_address_it_leaves_by_the_first()
    {
        var plan = Plan(Network, Floating("203.0.113.9"), Floating("203.0.113.7"));

        Assert.Equal("203.0.113.9", Value(plan, "element FloatingSnat 10.0.0.9"));
        Assert.Equal("10.0.0.9", Value(plan, "element FloatingDnat 203.0.113.7"));
        Assert.Equal("10.0.0.9", Value(plan, "element FloatingDnat 203.0.113.9"));
    }

    [Fact]
    public void it_is_translated_before_it_is_carried_and_not_carried_before_it_is_not_translated()
    {
        var (without, with) = (Plan(Network), Plan(Network, Floating("203.0.113.7")));

        Assert.IsType<FloatingAddress>(HostDiff.Between(with, without)[^1].Resource);
        Assert.IsType<FloatingAddress>(HostDiff.Between(without, with)[0].Resource);
    }

    [Theory, InlineData(null, null, false, true), InlineData("10.0.0.254", "10.0.0.1", false, false), InlineData("10.0.0.254", "10.0.0.254", false, true),
     InlineData("10.0.0.254", "10.0.0.1", true, true)]
    public void whether_a_network_leaves_by_its_hosts_is_said_by_its_row(string? gateway, string? server, bool ownAddresses, bool leaves)
    {
        var network = Given.Network(Given.Creation() with { Gateway = gateway, DhcpServer = server, ShareAddress = !ownAddresses });

        var plan = Plan(network);

        Assert.Equal(leaves, plan.Find("element ExternalRanges 10.0.0.0/24") is null);
        Assert.Equal(leaves, plan.Find("element RoutedRanges 10.0.0.0/24") is null);
        Assert.Equal("192.0.2.10", Value(plan, "element NetworkSnat 10.0.0.0/24"));
    }

    [Fact]
    public void where_another_is_the_gateway_the_host_takes_what_a_floating_address_sends_out()
    {
        var network = Given.Network(Given.Creation() with { Gateway = "10.0.0.254", DhcpServer = "10.0.0.1", ShareAddress = true });

        Assert.Equal(MacAddress.ForBridge("host-a", "br100").ToString(), Value(Plan(network, Floating("203.0.113.7")), "element RoutedAddresses 10.0.0.9"));
        Assert.Null(Plan(Network, Floating("203.0.113.7")).Find("element RoutedAddresses 10.0.0.9"));
    }

    [Fact]
    public void a_range_within_another_says_nothing_new()
    {
        ValueList<Cidr> ranges = [Cidr.Parse("10.8.0.0/16"), Cidr.Parse("10.8.1.0/24"), Cidr.Parse("10.8.0.0/16"), Cidr.Parse("10.9.0.0/16")];
        var keys = Keys(HostPlanner.Plan(new HostView("host-a", Given.Settings with { DmzCidrs = ranges, ForceSnatRanges = ranges }, [], []))).ToList();

        foreach (var set in (ReadOnlySpan<string>)["NoSnat", "ForcedDestinations", "RoutedDestinations"])
            Assert.Equal([$"element {set} 10.8.0.0/16", $"element {set} 10.9.0.0/16"], keys.Where(key => key.StartsWith($"element {set} ", StringComparison.Ordinal)));
    }

    [Fact]
    public void bridges_are_limited_only_when_interfaces_are_named()
    {
        Assert.DoesNotContain(Keys(Plan(Network)), key => key.Contains("LimitedBridges", StringComparison.Ordinal));

        var plan = HostPlanner.Plan(new HostView("host-a", Given.Settings with { ForwardInterfaces = ["eth0"] }, [new ServedNetwork(Network, Given.Ip("10.0.0.1"))], []));
        Assert.NotNull(plan.Find("element LimitedBridges br100"));
        Assert.NotNull(plan.Find("element ForwardInterfaces eth0"));
    }

    [Fact]
    public void what_ports_and_floating_addresses_have_for_themselves_is_what_goes_with_them()
    {
        var view = View(Network, Floating("203.0.113.7") with { Interface = "eth7" });
        var rest = HostPlanner.Plan(view with { Ports = [], Floatings = [] });

        var own = HostPlanner.PlanOfOwn(view);
        Assert.All(own.Resources, resource => Assert.Null(rest.Find(resource.Key)));
        Assert.Equal(["element PublicInterfaces eth7"], Keys(HostPlanner.Plan(view)).Except(Keys(own)).Except(Keys(rest)));
    }

    private static ServedFloating Floating(string address) => new(Given.Ip(address), Port.Address, Network.Id, null);

    private static HostView View(Network network, params ServedFloating[] floatings) =>
        new("host-a", Given.Settings, [new ServedNetwork(network, Given.Ip("10.0.0.1"))], [Port]) { Floatings = floatings };

    private static HostState Plan(Network network, params ServedFloating[] floatings) => HostPlanner.Plan(View(network, floatings));

    private static string? Value(HostState plan, string key) => Assert.IsType<FirewallElement>(plan.Find(key)).Value;

    private static IEnumerable<string> Keys(HostState state) => state.Resources.Select(resource => resource.Key).Order(StringComparer.Ordinal);
}

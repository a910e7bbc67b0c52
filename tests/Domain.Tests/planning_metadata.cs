using NovaNetBus.Domain.HostPlan;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class planning_metadata
{
    private static readonly HostSettings Uplinked = Given.Settings with { FlatInterface = "eth1" };
    private static readonly MetadataTarget Here = new(MetadataTarget.WellKnown, 8775), There = new(Given.Ip("192.0.2.99"), 8775);

    [Fact]
    public void the_worker_answers_on_each_bridge_and_what_is_asked_stays_on_the_host() => Assert.Equal(
        [
            new BridgeAddress("br100", MetadataTarget.WellKnown, 32),
            new FirewallElement(FirewallSet.Gateways, ["eth1", "169.254.169.254"]),
            new FirewallElement(FirewallSet.Metadata, ["br100"], "169.254.169.254 . 8775"),
        ],
        Brought(Uplinked with { Metadata = Here }));

    [Fact]
    public void another_machine_is_sent_the_questions_and_sees_who_asks() => Assert.Equal(
        [
            new BridgeAddress("br100", MetadataTarget.WellKnown, 32),
            new FirewallElement(FirewallSet.Metadata, ["br100"], "192.0.2.99 . 8775"),
            new FirewallElement(FirewallSet.NoSnat, ["192.0.2.99/32"]),
        ],
        Brought(Given.Settings with { Metadata = There }));

    [Fact]
    public void a_network_that_one_host_serves_is_asked_across_the_uplink() => Assert.DoesNotContain(
        Brought(Uplinked with { Metadata = Here }, multiHost: false), resource => resource is FirewallElement { Set: FirewallSet.Gateways });

    [Fact]
    public void a_host_without_networks_has_no_address_for_it() => Assert.DoesNotContain(
        HostPlanner.Plan(new HostView("host-a", Uplinked with { Metadata = Here }, [], [])).Resources, resource => resource is BridgeAddress);

    /// <summary>What the option adds to the plan of a host with one network, by key.</summary>
    private static IEnumerable<HostResource> Brought(HostSettings settings, bool multiHost = true)
    {
        var served = new ServedNetwork(Given.Network() with { MultiHost = multiHost }, Given.Ip("10.0.0.2"));
        var without = HostPlanner.Plan(new HostView("host-a", settings with { Metadata = null }, [served], []));
        return HostPlanner.Plan(new HostView("host-a", settings, [served], [])).Resources
            .Where(resource => without.Find(resource.Key) is null).OrderBy(resource => resource.Key, StringComparer.Ordinal);
    }
}

using NovaNetBus.Domain.FloatingIps;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class floating_ranges
{
    private static readonly CreateFloatingRange Creation = new("203.0.113.0/24", "nova", null, Given.Noon);

    [Theory, InlineData("203.0.113.7", "203.0.113.7", "203.0.113.7"), InlineData("203.0.113.5/28", "203.0.113.1", "203.0.113.14"),
     InlineData("203.0.113.0/30", "203.0.113.1", "203.0.113.2"), InlineData("203.0.0.0/16", "203.0.0.1", "203.0.255.254")]
    public void a_range_is_one_address_or_the_hosts_of_a_network(string text, string first, string last)
    {
        Assert.Null(FloatingRange.Read(text, out var range));

        Assert.Equal(new FloatingRange(Given.Ip(first), Given.Ip(last)), range);
    }

    [Theory, InlineData("203.0.113.7/32"), InlineData("203.0.113.6/31"), InlineData("203.0.0.0/15"), InlineData("nonsense"), InlineData(""), InlineData("fd00::/64"),
     InlineData("0.0.0.0/24"), InlineData("127.0.0.1"), InlineData("224.0.0.0/24"), InlineData("255.255.255.255")]
    public void what_has_no_hosts_is_too_large_or_no_machine_can_have_is_refused(string text) =>
        Assert.Equal("invalid-cidr", Refused(FloatingDecisions.Create(Creation with { Range = text }, [], [])));

    [Fact]
    public void a_range_is_cut_into_blocks_that_hold_all_of_it_and_nothing_else()
    {
        var blocks = Created(Creation, []);

        Assert.Equal(["nova/203.0.113.0", "nova/203.0.113.64", "nova/203.0.113.128", "nova/203.0.113.192"], blocks.Select(block => block.Key.ToString()));
        Assert.Equal(Enumerable.Range(1, 254).Select(last => $"203.0.113.{last}"), blocks.SelectMany(block => block.Addresses.Keys).Select(address => address.ToString()));
        Assert.Equal([63, 64, 64, 63], blocks.Select(block => block.Free));
    }

    [Theory, InlineData("203.0.113.9"), InlineData("203.0.113.0/28"), InlineData("203.0.0.0/16")]
    public void an_address_is_in_one_pool_only(string range)
    {
        var existing = Created(Creation with { Range = "203.0.113.9", Pool = "other" }, []);

        Assert.Equal("floating-ip-exists", Refused(FloatingDecisions.Create(Creation with { Range = range }, existing, [])));
        Assert.Single(Created(Creation with { Range = "203.0.113.10" }, existing));
    }

    [Theory, InlineData("10.0.0.77"), InlineData("10.0.0.0/24"), InlineData("10.0.0.0/16"), InlineData("10.0.0.128/25")]
    public void an_address_is_fixed_or_floating(string range) =>
        Assert.Equal("cidr-conflict", Refused(FloatingDecisions.Create(Creation with { Range = range }, [], [Given.Network()])));

    [Theory, InlineData("10.0.0.77", true), InlineData("10.0.0.254", true), InlineData("10.0.1.1", false)]
    public void a_network_is_not_made_over_floating_addresses(string address, bool isWithin)
    {
        var block = Created(Creation with { Range = address }, []);

        Assert.Equal(isWithin ? "cidr-conflict" : null, FloatingDecisions.WhyNot([Given.Network()], block)?.Code);
    }

    [Theory, InlineData("", null), InlineData("a\nb", null), InlineData("nova", "no such/nic"), InlineData("nova", "a-name-of-16-char")]
    public void a_pool_and_an_interface_have_names_that_can_be_such(string pool, string? nic) =>
        Assert.Equal("invalid-request", Refused(FloatingDecisions.Create(Creation with { Pool = pool, Interface = nic }, [], [])));

    [Fact]
    public void deleting_takes_those_that_are_there_out_of_all_pools()
    {
        var blocks = Created(Creation with { Range = "203.0.113.0/28" }, []).Concat(Created(Creation with { Range = "203.0.113.20", Pool = "other" }, [])).ToList();

        var left = After(FloatingDecisions.Delete("203.0.113.0/24", blocks, Given.Noon), blocks);
        Assert.All(left, block => Assert.Empty(block.Addresses));

        left = After(FloatingDecisions.Delete("203.0.113.3", blocks, Given.Noon), blocks);
        Assert.Equal([13, 1], left.Select(block => block.Addresses.Count));
        Assert.Equal("floating-ip-not-found", Refused(FloatingDecisions.Delete("203.0.113.3", left, Given.Noon)));
    }

    [Fact]
    public void a_range_of_which_somebody_has_an_address_stays_whole()
    {
        var block = Created(Creation with { Range = "203.0.113.0/28" }, []).Single();
        var allocated = block.Evolve(new FloatingIpAllocated(Given.Ip("203.0.113.3"), "red", false, Given.Noon));
        var associated = allocated.Evolve(new FloatingIpAssociated(Given.Ip("203.0.113.3"), Given.Ip("10.0.0.3"), Given.Id(7), "host-a", Given.Noon));

        Assert.Equal("floating-ip-allocated", Refused(FloatingDecisions.Delete("203.0.113.0/24", [allocated], Given.Noon)));
        Assert.Equal("floating-ip-associated", Refused(FloatingDecisions.Delete("203.0.113.0/24", [associated], Given.Noon)));
        Assert.IsType<Decision<FloatingBlockEvent>.Accepted>(FloatingDecisions.Delete("203.0.113.4", [associated], Given.Noon));
    }

    [Fact]
    public void the_address_that_has_rested_longest_is_next()
    {
        var block = Created(Creation with { Range = "203.0.113.0/30" }, []).Single();
        Assert.Equal(Given.Ip("203.0.113.1"), block.NextFree!.Address);

        block = block.Evolve(new FloatingIpAllocated(Given.Ip("203.0.113.1"), "red", false, Given.Noon)).Evolve(new FloatingIpReleased(Given.Ip("203.0.113.1"), Given.Noon.AddHours(1)));
        Assert.Equal(Given.Ip("203.0.113.2"), block.NextFree!.Address);

        block = block.Evolve(new FloatingIpAllocated(Given.Ip("203.0.113.2"), "red", false, Given.Noon));
        Assert.Equal(Given.Ip("203.0.113.1"), block.NextFree!.Address);
        Assert.Null(block.Evolve(new FloatingIpAllocated(Given.Ip("203.0.113.1"), "red", false, Given.Noon)).NextFree);
    }

    [Fact]
    public void only_its_project_gives_an_address_back_and_only_when_it_leads_nowhere()
    {
        var free = Created(Creation with { Range = "203.0.113.3" }, []).Single();
        var allocated = free.Evolve(new FloatingIpAllocated(Given.Ip("203.0.113.3"), "red", false, Given.Noon));
        var associated = allocated.Evolve(new FloatingIpAssociated(Given.Ip("203.0.113.3"), Given.Ip("10.0.0.3"), Given.Id(7), "host-a", Given.Noon));
        var disassociated = associated.Evolve(new FloatingIpDisassociated(Given.Ip("203.0.113.3"), Given.Ip("10.0.0.3"), Given.Id(7), "host-a", "message", Given.Noon));

        Assert.Equal("forbidden", Refused(Release(free, "red")));
        Assert.Equal("forbidden", Refused(Release(allocated, "blue")));
        Assert.Equal("floating-ip-associated", Refused(Release(associated, "red")));
        Assert.Equal(allocated.Find(Given.Ip("203.0.113.3")), disassociated.Find(Given.Ip("203.0.113.3"))! with { Left = null });
        Assert.Equal(1, After(Release(disassociated, "red"), [disassociated]).Single().Free);
    }

    [Theory, InlineData(2, 1, null), InlineData(2, 2, "floating-ip-limit-exceeded"), InlineData(0, 0, "floating-ip-limit-exceeded"), InlineData(-1, 1000, null)]
    public void a_quota_says_how_many_addresses_a_project_has_at_most(int quota, int used, string? code) =>
        Assert.Equal(code, FloatingDecisions.QuotaFault("red", quota, used)?.Code);

    private static Decision<FloatingBlockEvent> Release(FloatingBlock block, string project) =>
        FloatingDecisions.Release(block.Key, block.Find(Given.Ip("203.0.113.3"))!, project, Given.Noon);

    private static List<FloatingBlock> Created(CreateFloatingRange command, IReadOnlyCollection<FloatingBlock> existing) =>
        [.. Assert.IsType<Decision<FloatingBlockEvent>.Accepted>(FloatingDecisions.Create(command, existing, [])).Events
            .Select(change => FloatingBlock.Fresh(change.Block).Evolve(change.Event))];

    private static List<FloatingBlock> After(Decision<FloatingBlockEvent> decision, IReadOnlyCollection<FloatingBlock> blocks) =>
        [.. blocks.Select(block => Assert.IsType<Decision<FloatingBlockEvent>.Accepted>(decision).Events
            .Where(change => change.Block == block.Key).Aggregate(block, (state, change) => state.Evolve(change.Event)))];

    private static string Refused(Decision<FloatingBlockEvent> decision) => Assert.IsType<Decision<FloatingBlockEvent>.Refused>(decision).Refusal.Code;
}

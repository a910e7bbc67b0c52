using CsCheck;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class cutting_a_range
{
    private static readonly Cidr Range = Cidr.Parse("10.0.0.0/20");

    /// <summary>In the range, around it, and beside it.</summary>
    private static readonly Gen<Cidr> Neighbour = Gen.Select(Gen.UInt[0, 0x1fff], Gen.Int[18, 30], (offset, prefix) => new Cidr(Given.Ip("10.0.0.0") + offset, prefix));

    [Fact]
    public void subnets_lie_inside_the_range_apart_from_each_other_and_from_what_is_taken_in_order() =>
        Gen.Select(Gen.Int[20, 30], Gen.Int[1, 40], Neighbour.List[0, 20]).Sample(
            (prefix, count, taken) =>
            {
                var subnets = SubnetPlan.Cut(Range, prefix, count, taken);
                Assert.True(subnets.Count <= count);
                Assert.All(subnets, subnet => Assert.True(subnet.PrefixLength == prefix && Range.Contains(subnet) && !taken.Exists(subnet.Overlaps)));
                Assert.All(subnets.Zip(subnets.Skip(1)), pair => Assert.True(pair.First.Broadcast < pair.Second.Network));
            },
            iter: 1000);

    [Fact]
    public void flaw_1_every_gap_is_found_wherever_it_is() =>
        Gen.Select(Gen.Int[20, 28], Neighbour.List[0, 12]).Sample(
            (prefix, taken) =>
            {
                var step = 1u << (32 - prefix);
                var free = Enumerable.Range(0, 1 << (prefix - 20)).Select(place => new Cidr(Range.Network + ((uint)place * step), prefix)).Where(subnet => !taken.Exists(subnet.Overlaps));
                Assert.Equal(free, SubnetPlan.Cut(Range, prefix, int.MaxValue, taken));
            },
            iter: 1000);

    [Fact]
    public void flaw_1_of_a_range_whose_first_two_are_taken_the_third_is_found() =>
        Assert.Equal(
            ["192.168.2.0/24"], Cut("192.168.0.0/16", 24, 1, "192.168.0.0/24", "192.168.1.0/24"));

    [Theory, InlineData("10.0.0.0/8"), InlineData("10.0.0.0/20"), InlineData("0.0.0.0/0")]
    public void a_range_inside_a_larger_network_has_no_room(string taken) => Assert.Empty(Cut("10.0.0.0/20", 24, 1, taken));

    [Fact]
    public void a_subnet_that_holds_a_smaller_network_is_passed_over() => Assert.Equal(["10.0.1.0/24", "10.0.3.0/24"], Cut("10.0.0.0/22", 24, 4, "10.0.0.77/32", "10.0.2.0/26", "10.0.2.128/26"));

    [Fact]
    public void the_ends_of_the_address_space_are_addresses_like_others()
    {
        Assert.Equal(["255.255.255.128/25"], Cut("255.255.255.0/24", 25, 9, "255.255.255.0/26"));
        Assert.Equal(["0.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"], Cut("0.0.0.0/0", 2, 9, "64.0.0.0/8"));
    }

    [Fact]
    public void the_first_subnet_of_the_largest_range_costs_one_step() => Assert.Equal(["10.0.0.0/30"], Cut("10.0.0.0/8", 30, 1));

    [Theory, InlineData(3, 30), InlineData(100, 25), InlineData(128, 25), InlineData(129, 24), InlineData(256, 24), InlineData(4, 30)]
    public void a_size_is_rounded_up_to_a_power_of_two(int size, int prefix) => Assert.Equal(prefix, PrefixOf("10.0.0.0/16", 1, size, 256));

    [Theory]
    [InlineData("10.0.0.0/16", 1, 256, 24)]
    [InlineData("10.0.0.0/16", 4, 256, 24)]
    [InlineData("10.0.0.0/16", 1, 100, 25)]
    [InlineData("10.0.0.0/26", 1, 256, 26)]
    [InlineData("10.0.0.0/25", 2, 256, 26)]
    [InlineData("10.0.0.0/24", 3, 256, 26)]
    [InlineData("10.0.0.0/24", 5, 256, 27)]
    public void flaw_4_without_a_size_networks_share_the_range_but_none_is_larger_than_the_option(string range, int count, int defaultSize, int prefix) =>
        Assert.Equal(prefix, PrefixOf(range, count, null, defaultSize));

    [Theory, InlineData("10.0.0.0/24", 1, 512), InlineData("10.0.0.0/24", 3, 128), InlineData("10.0.0.0/24", 2, 200), InlineData("10.0.0.0/24", 1, 2), InlineData("10.0.0.0/24", 1, 1),
     InlineData("10.0.0.0/24", 1, 0), InlineData("10.0.0.0/24", 1, int.MaxValue), InlineData("10.0.0.0/24", 100, null), InlineData("10.0.0.0/30", 2, null)]
    public void a_range_that_is_too_small_is_refused_whoever_is_in_it(string range, int count, int? size) => Assert.Null(PrefixOf(range, count, size, 256));

    [Fact]
    public void ipv6_networks_are_of_64_bits_and_found_beside_others_too()
    {
        var range = Ipv6Cidr.Parse("fd00::/62");

        Assert.Equal(["fd00::/64", "fd00:0:0:2::/64"], SubnetPlan.Cut(range, 2, [Ipv6Cidr.Parse("fd00:0:0:1:8000::/65")]).Select(subnet => subnet.ToString()));
        Assert.Equal(4, SubnetPlan.Cut(range, 9, [Ipv6Cidr.Parse("fd00:0:0:4::/64")]).Count);
        Assert.Empty(SubnetPlan.Cut(range, 9, [Ipv6Cidr.Parse("fd00::/8")]));
        Assert.Empty(SubnetPlan.Cut(range, 9, [range]));
    }

    [Theory, InlineData("fd00::/64", true), InlineData("fd00::/8", true), InlineData("fd00::/65", false), InlineData("::/0", false), InlineData("fd00::/7", false)]
    public void ipv6_ranges_are_of_8_to_64_bits(string range, bool can) => Assert.Equal(can, SubnetPlan.CanBeCut(Ipv6Cidr.Parse(range)));

    private static IEnumerable<string> Cut(string range, int prefix, int count, params string[] taken) =>
        SubnetPlan.Cut(Cidr.Parse(range), prefix, count, taken.Select(Cidr.Parse)).Select(subnet => subnet.ToString());

    private static int? PrefixOf(string range, int count, int? size, int defaultSize)
    {
        var refusal = SubnetPlan.PrefixOf(Cidr.Parse(range), count, size, defaultSize, out var prefix);
        Assert.True(refusal is null or { Code: "invalid-cidr" });
        return refusal is null ? prefix : null;
    }
}

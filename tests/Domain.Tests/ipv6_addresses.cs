using CsCheck;
using NovaNetBus.Domain.Addressing;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class ipv6_addresses
{
    private static readonly Gen<Ipv6> Any = Gen.Select(Gen.ULong, Gen.ULong, (upper, lower) => new Ipv6(new UInt128(upper, lower)));

    [Fact]
    public void every_address_and_range_reads_back_as_it_was_written() =>
        Gen.Select(Any, Gen.Int[0, 128]).Sample(
            (address, prefix) =>
            {
                var range = new Ipv6Cidr(address, prefix);
                Assert.Equal(address, Ipv6.Parse(address.ToString()));
                Assert.Equal(range, Ipv6Cidr.Parse(range.ToString()));
                Assert.True(range.Contains(address) && range.Contains(range.Network) && range.Contains(range.Last));
            },
            iter: 1000);

    [Theory, InlineData(""), InlineData(null), InlineData("10.0.0.1"), InlineData("fe80::1%eth0"), InlineData("[fd00::1]"), InlineData("fd00::1 "), InlineData("fd00::1/64"), InlineData("fd00:::1"),
     InlineData("fd00::12345"), InlineData("fd00::1\0")]
    public void nothing_else_is_an_address(string? text)
    {
        Assert.False(Ipv6.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Ipv6.Parse(text!));
    }

    [Theory, InlineData("fd00::"), InlineData("fd00::/129"), InlineData("fd00::/-1"), InlineData("fd00::/064"), InlineData("fd00::/64/64"), InlineData("10.0.0.0/8"), InlineData(null)]
    public void a_range_has_a_prefix_of_0_to_128(string? text) => Assert.False(Ipv6Cidr.TryParse(text, out _));

    [Fact]
    public void host_bits_of_a_range_are_cleared() => Assert.Equal("fd00:1::/32", Ipv6Cidr.Parse("fd00:1:2::3/32").ToString());

    [Fact]
    public void two_ranges_meet_when_one_holds_the_start_of_the_other()
    {
        var range = Ipv6Cidr.Parse("fd00:1::/32");

        Assert.True(range.Overlaps(Ipv6Cidr.Parse("fd00::/8")) && range.Overlaps(Ipv6Cidr.Parse("fd00:1:2::/64")));
        Assert.False(range.Overlaps(Ipv6Cidr.Parse("fd00:2::/32")));
    }

    [Fact]
    public void addresses_are_ordered_as_numbers() =>
        Gen.Select(Any, Any).Sample((left, right) => (left < right) == (left.CompareTo(right) < 0) && (left <= right) == !(left > right) && (left >= right) == !(left < right), iter: 500);
}

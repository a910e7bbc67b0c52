using CsCheck;
using NovaNetBus.Domain.Addressing;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class ipv4_addresses
{
    [Fact]
    public void every_address_reads_back_as_it_was_written() =>
        Gen.UInt.Select(value => new Ipv4(value)).Sample(address => Ipv4.Parse(address.ToString()) == address, iter: 2000);

    [Theory, InlineData(""), InlineData(null), InlineData("10.0.0"), InlineData("10.0.0.0.1"), InlineData("10.0.0.256"), InlineData("10.0.0.-1"),
     InlineData("10.0.0.01"), InlineData("10.0.0. 1"), InlineData(" 10.0.0.1"), InlineData("10.0.0.1\n"), InlineData("10.0.0.1\0"), InlineData("0x0a.0.0.1"),
     InlineData("10.0.0.1/32"), InlineData("10.0.0.+1"), InlineData("10..0.1"), InlineData("::1"), InlineData("10.0.0.١")]
    public void nothing_else_is_an_address(string? text)
    {
        Assert.False(Ipv4.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Ipv4.Parse(text!));
    }

    [Fact]
    public void the_first_number_counts_most() => Assert.Equal(0x0a000102u, Ipv4.Parse("10.0.1.2").Value);

    [Fact]
    public void addresses_are_counted_and_ordered_as_numbers() =>
        Gen.Select(Gen.UInt, Gen.UInt[0, 1000]).Sample(
            (start, count) =>
            {
                var first = new Ipv4(start);
                Assert.Equal(count, first + count - first);
                Assert.Equal(start.CompareTo(unchecked(start + count)), first.CompareTo(first + count));
            },
            iter: 1000);
}

public sealed class ranges_of_addresses
{
    private static readonly Gen<Cidr> AnyRange = Gen.Select(Gen.UInt, Gen.Int[0, 32], (address, prefix) => new Cidr(new Ipv4(address), prefix));

    /// <summary>From a small space, so that ranges do meet.</summary>
    private static readonly Gen<Cidr> NearRange = Gen.Select(Gen.UInt[0, 255], Gen.Int[24, 32], (last, prefix) => new Cidr(Ipv4.Parse("10.0.0.0") + last, prefix));

    [Fact]
    public void every_range_reads_back_as_it_was_written() =>
        AnyRange.Sample(range => Cidr.Parse(range.ToString()) == range, iter: 1000);

    [Fact]
    public void host_bits_are_cleared() => Assert.Equal("192.168.3.0/24", Cidr.Parse("192.168.3.1/24").ToString());

    [Fact]
    public void an_address_alone_is_a_range_of_one() => Assert.Equal(1, Cidr.Parse("10.0.0.1").Size);

    [Fact]
    public void the_whole_space_is_a_range()
    {
        var all = Cidr.Parse("0.0.0.0/0");

        Assert.Equal((4294967296, "255.255.255.255", "0.0.0.0"), (all.Size, all.Broadcast.ToString(), all.Netmask.ToString()));
    }

    [Theory, InlineData("10.0.0.0/33"), InlineData("10.0.0.0/-1"), InlineData("10.0.0.0/+8"), InlineData("10.0.0.0/"), InlineData("10.0.0.0/8/8"),
     InlineData("10.0.0.0/ 8"), InlineData("10.0.0.0/08"), InlineData("10.0.0.0/8\0"), InlineData("10.0.0.0/8\n"), InlineData("/8"), InlineData(""), InlineData(null)]
    public void nothing_else_is_a_range(string? text)
    {
        Assert.False(Cidr.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Cidr.Parse(text!));
    }

    [Theory, InlineData(-1), InlineData(33)]
    public void a_prefix_is_0_to_32_bits(int prefix) => Assert.Throws<ArgumentOutOfRangeException>(() => new Cidr(default, prefix));

    [Fact]
    public void a_range_holds_its_size_in_addresses_from_network_to_broadcast() =>
        AnyRange.Sample(range => range.Broadcast.Value - (long)range.Network.Value + 1 == range.Size, iter: 1000);

    [Fact]
    public void ranges_overlap_when_they_share_an_address_and_contain_when_they_share_all_of_it() =>
        Gen.Select(NearRange, NearRange).Sample(
            (left, right) =>
            {
                var shared = All(left).Intersect(All(right)).Count();
                Assert.Equal(shared > 0, left.Overlaps(right));
                Assert.Equal(shared == right.Size, left.Contains(right));
            },
            iter: 500);

    private static IEnumerable<Ipv4> All(Cidr range) => Enumerable.Range(0, (int)range.Size).Select(offset => range.Network + (uint)offset);
}

public sealed class mac_addresses
{
    [Fact]
    public void an_instance_gets_openstacks_prefix_and_24_random_bits()
    {
        Assert.Equal("fa:16:3e:12:34:56", MacAddress.ForInstance(0x00123456).ToString());
        Assert.Equal("fa:16:3e:12:34:56", MacAddress.ForInstance(0xff123456).ToString());
    }

    [Fact]
    public void every_address_of_a_nic_reads_back_as_it_was_written_in_either_case() =>
        Gen.UInt.Select(MacAddress.ForInstance).Sample(
            mac => MacAddress.Parse(mac.ToString()) == mac && MacAddress.Parse(mac.ToString().ToUpperInvariant()) == mac, iter: 1000);

    [Theory, InlineData("01:00:5e:00:00:01"), InlineData("ff:ff:ff:ff:ff:ff"), InlineData("00:00:00:00:00:00"), InlineData("fa-16-3e-00-00-01"), InlineData("fa163e000001"),
     InlineData("fa:16:3e:00:00"), InlineData("fa:16:3e:00:00:00:01"), InlineData("fa:16:3e:00:00:g1"), InlineData("fa:16:3e:00:00:1"), InlineData("fa:16:3e:00:00:1\0"),
     InlineData("fa:16:3e:00:00:+1"), InlineData("fa:16:3e:00:00:01\n"), InlineData(""), InlineData(null)]
    public void nothing_else_is_the_address_of_a_nic(string? text)
    {
        Assert.False(MacAddress.TryParse(text, out _));
        Assert.Throws<FormatException>(() => MacAddress.Parse(text!));
    }

    [Fact]
    public void a_bridges_address_is_that_of_a_nic_made_here_and_the_same_at_each_start() =>
        Gen.Select(Gen.String, Gen.OneOf("br100", "br101")).Sample(
            (host, bridge) =>
            {
                var mac = MacAddress.ForBridge(host, bridge);
                Assert.Equal(mac, MacAddress.Parse(mac.ToString()));
                Assert.Equal(0x0aUL, mac.Value >> 40);
                Assert.Equal(mac, MacAddress.ForBridge(host, bridge));
            },
            iter: 500);

    [Fact]
    public void bridges_of_a_thousand_hosts_differ() =>
        Assert.Equal(2000, Enumerable.Range(0, 1000).SelectMany(n => new[] { MacAddress.ForBridge($"host-{n}", "br100"), MacAddress.ForBridge($"host-{n}", "br101") }).Distinct().Count());
}

public sealed class new_nics
{
    [Fact]
    public void nics_of_one_seed_differ_in_port_name_and_mac_even_at_the_end_of_the_numbers()
    {
        foreach (var seed in new[] { Guid.AllBitsSet, Guid.Empty, Given.Seed(7) })
        {
            var places = Enumerable.Range(0, 16).ToList();
            Assert.Equal(16, places.Select(place => Instances.Port.NameOf(Instances.NewVif.IdOf(seed, place))).Distinct().Count());
            Assert.Equal(16, places.Select(place => Instances.NewVif.MacOf(seed, place)).Distinct().Count());
            Assert.All(places, place => Assert.StartsWith("fa:16:3e:", Instances.NewVif.MacOf(seed, place).ToString()));
        }
    }

    [Fact]
    public void a_port_is_named_as_nova_named_it() =>
        Assert.Equal("tap3f2504e0-4f", Instances.Port.NameOf(Guid.Parse("3f2504e0-4f89-11d3-9a0c-0305e82c3301")));
}

public sealed class lists_that_compare_by_content
{
    [Fact]
    public void equal_content_is_equal_and_hashes_alike() =>
        Gen.Int[0, 3].List[0, 4].Sample(
            items =>
            {
                ValueList<int> left = [.. items];
                var right = items.ToValueList();
                Assert.True(left == right && left.Equals((object)right) && left.GetHashCode() == right.GetHashCode());
                Assert.True(left != [.. items, 9]);
            },
            iter: 200);

    [Fact]
    public void a_list_that_nobody_made_is_empty()
    {
        Assert.Empty(default(ValueList<string>));
        Assert.Equal([], default(ValueList<string>));
    }
}

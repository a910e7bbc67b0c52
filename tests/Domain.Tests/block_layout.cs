using System.Numerics;
using CsCheck;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class block_layout
{
    private static readonly Gen<Cidr> Network = Gen.Select(Gen.UInt, Gen.Int[20, 32], (address, prefix) => new Cidr(new Ipv4(address), prefix));

    [Theory, InlineData("10.0.0.0/8", 64, 262144), InlineData("10.0.0.0/16", 64, 1024), InlineData("10.0.0.0/23", 64, 8), InlineData("10.0.0.0/24", 32, 8),
     InlineData("10.0.0.0/26", 8, 8), InlineData("10.0.0.0/27", 4, 8), InlineData("10.0.0.0/29", 4, 2), InlineData("10.0.0.0/32", 4, 1)]
    public void large_networks_have_blocks_of_64_and_small_ones_smaller(string cidr, int size, int count)
    {
        var layout = new BlockLayout(Cidr.Parse(cidr));

        Assert.Equal((size, count), (layout.BlockSize, layout.Count));
    }

    [Fact]
    public void every_address_is_in_one_block_and_that_is_the_one_which_its_index_names() =>
        Network.Sample(
            cidr =>
            {
                var layout = new BlockLayout(cidr);
                var all = Enumerable.Range(0, layout.Count).SelectMany(index => layout.AddressesOf(index).Select(address => (index, address))).ToList();
                Assert.Equal(cidr.Size, all.Count);
                Assert.Equal(all.Select(entry => entry.address), all.Select(entry => entry.address).Distinct().Order());
                Assert.All(all, entry => Assert.Equal(entry.index, layout.IndexOf(entry.address)));
                Assert.All(all, entry => Assert.True(cidr.Contains(entry.address)));
            },
            iter: 60);

    [Fact]
    public void a_block_is_a_power_of_two_from_4_to_64() =>
        Gen.Int[0, 32].Sample(
            prefix =>
            {
                var size = new BlockLayout(new Cidr(default, prefix)).BlockSize;
                return size is >= 4 and <= 64 && BitOperations.IsPow2(size);
            },
            iter: 200);

    [Fact]
    public void a_host_always_starts_at_the_same_block_of_the_network() =>
        Gen.Select(Network, Gen.String).Sample(
            (cidr, host) =>
            {
                var layout = new BlockLayout(cidr);
                Assert.InRange(layout.StartFor(host), 0, layout.Count - 1);
                Assert.Equal(layout.StartFor(host), layout.StartFor(host));
            },
            iter: 500);

    [Fact]
    public void hosts_spread_over_the_blocks()
    {
        var layout = new BlockLayout(Cidr.Parse("10.0.0.0/16"));

        var starts = Enumerable.Range(0, 100).Select(number => layout.StartFor($"host-{number}")).Distinct().Count();

        Assert.True(starts > 80, $"100 hosts start at only {starts} of 1024 blocks");
    }
}

using CsCheck;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class allocating_fixed_ips
{
    private static readonly Network Network = Given.Network("10.0.0.0/28");

    [Fact]
    public void a_fresh_block_gives_its_lowest_address_that_is_not_reserved()
    {
        Assert.Equal(Given.Ip("10.0.0.2"), BlockDecisions.NextFree(Block.Fresh(Network.Id, 0), Network, null, Given.Noon));
        Assert.Equal(Given.Ip("10.0.0.4"), BlockDecisions.NextFree(Block.Fresh(Network.Id, 1), Network, null, Given.Noon));
    }

    [Fact]
    public void a_released_address_rests_until_all_others_were_used_and_the_longest_rested_comes_first()
    {
        var block = Block.Fresh(Network.Id, 1);
        foreach (var address in new[] { "10.0.0.4", "10.0.0.5" })
            block = block.Evolve(Allocated(address));
        block = block.Evolve(new FixedIpReleased(Given.Ip("10.0.0.5"), Given.Noon.AddSeconds(1))).Evolve(new FixedIpReleased(Given.Ip("10.0.0.4"), Given.Noon.AddSeconds(2)));

        List<string> given = [];
        while (BlockDecisions.NextFree(block, Network, null, Given.Noon) is { } next)
        {
            given.Add(next.ToString());
            block = block.Evolve(Allocated(next.ToString()));
        }

        Assert.Equal(["10.0.0.6", "10.0.0.7", "10.0.0.5", "10.0.0.4"], given);
    }

    [Fact]
    public void of_two_released_at_one_moment_the_lower_comes_first()
    {
        var block = Block.Fresh(Network.Id, 1);
        foreach (var address in new[] { "10.0.0.7", "10.0.0.6", "10.0.0.5", "10.0.0.4" })
            block = block.Evolve(new FixedIpReleased(Given.Ip(address), Given.Noon));

        Assert.Equal(Given.Ip("10.0.0.4"), BlockDecisions.NextFree(block, Network, null, Given.Noon));
    }

    [Fact]
    public void a_deallocated_address_is_not_free_until_it_is_released()
    {
        var address = Given.Ip("10.0.0.5");
        var block = Block.Fresh(Network.Id, 1).Evolve(Allocated("10.0.0.5")).Evolve(new FixedIpDeallocated(address, Given.Noon.AddSeconds(1)));

        Assert.Equal((FixedIpStatus.Deallocated, 1), (block.Used[address].Status, block.Taken));
        Assert.Equal(Given.Id(1), block.Used[address].InstanceId);
        Assert.Equal("fixed-ip-already-in-use", BlockDecisions.WhyNot(address, block, Network, default, Given.Noon)?.Code);

        block = block.Evolve(new FixedIpReleased(address, Given.Noon.AddSeconds(2)));

        Assert.Equal((FixedIpStatus.Released, 0), (block.Used[address].Status, block.Taken));
        Assert.Null(block.Used[address].InstanceId);
        Assert.Null(BlockDecisions.WhyNot(address, block, Network, default, Given.Noon));
    }

    [Theory, InlineData("10.0.0.0", 0), InlineData("10.0.0.1", 0), InlineData("10.0.0.15", 3)]
    public void a_reserved_address_is_not_given_even_when_it_is_asked_for(string address, int index) =>
        Assert.Equal("fixed-ip-not-found-for-network", BlockDecisions.WhyNot(Given.Ip(address), Block.Fresh(Network.Id, index), Network, default, Given.Noon)?.Code);

    [Fact]
    public void an_address_in_use_says_by_whom() =>
        Assert.Contains(Given.Id(1).ToString(), BlockDecisions.WhyNot(Given.Ip("10.0.0.5"), Block.Fresh(Network.Id, 1).Evolve(Allocated("10.0.0.5")), Network, default, Given.Noon)!.Message, StringComparison.Ordinal);

    [Theory, InlineData("10.0.0.5", null), InlineData("10.0.0.5x", "fixed-ip-invalid"), InlineData("", "fixed-ip-invalid"), InlineData("10.0.1.5", "fixed-ip-not-found-for-network")]
    public void an_address_that_is_asked_for_is_read_strictly(string text, string? code) => Assert.Equal(code, BlockDecisions.Read(text, Network, out _)?.Code);

    [Fact]
    public void whatever_happened_to_a_block_what_it_gives_next_may_be_given_and_nothing_is_given_only_when_nothing_may() =>
        Gen.Select(Gen.Int[0, 3], Gen.Select(Gen.UInt[0, 3], Gen.Int[0, 3], Gen.Int[0, 5]).List[0, 20]).Sample(
            (index, history) =>
            {
                var block = history.Aggregate(Block.Fresh(Network.Id, index), (state, step) => state.Evolve(
                    Change(Network.Cidr.Network + ((uint)index * 4) + step.Item1, step.Item2, Given.Noon.AddSeconds(step.Item3))));
                var free = new BlockLayout(Network.Cidr).AddressesOf(index).Where(address => BlockDecisions.WhyNot(address, block, Network, default, Given.Noon) is null).ToList();

                if (BlockDecisions.NextFree(block, Network, null, Given.Noon) is { } next)
                    Assert.Contains(next, free);
                else
                    Assert.Empty(free);
            },
            iter: 1000);

    [Fact]
    public void of_addresses_given_one_after_the_other_none_comes_twice_and_none_is_left()
    {
        foreach (var prefix in new[] { 24, 26, 28, 29 })
        {
            var network = Given.Network("10.0.0.0/" + prefix);
            var layout = new BlockLayout(network.Cidr);
            List<Ipv4> given = [];
            for (var index = 0; index < layout.Count; index++)
            {
                var block = Block.Fresh(network.Id, index);
                for (; BlockDecisions.NextFree(block, network, null, Given.Noon) is { } next; block = block.Evolve(Allocated(next.ToString())))
                    given.Add(next);
            }

            Assert.Equal(network.Cidr.Size - 3, given.Distinct().Count());
            Assert.Equal(given.Count, given.Distinct().Count());
        }
    }

    [Fact]
    public void the_last_free_addresses_of_two_blocks_serve_one_instance_with_two_nics()
    {
        var network = Given.Network("10.0.0.0/29", shareAddress: true);
        var ledger = new MemoryLedger(network);
        foreach (var (number, address) in new[] { (1, "10.0.0.2"), (2, "10.0.0.5"), (3, "10.0.0.6") })
            ledger.Spawn(Given.Spawn(number, networks: Given.Asking(network, address)));

        var last = Given.Spawn(9, networks: [Given.Asking(network), Given.Asking(network)]);
        ledger.Spawn(last);

        Assert.Equal(["10.0.0.3", "10.0.0.4"], ledger.State(last).Ports.Select(port => port.Address.ToString()).Order());
    }

    [Fact]
    public void every_free_address_of_a_network_is_found_from_whatever_host_and_then_no_more() =>
        Gen.Select(Gen.Int[26, 29], Gen.String[Gen.Char.AlphaNumeric, 1, 8].Array[1, 3], Gen.Bool).Sample(
            (prefix, hosts, shared) =>
            {
                var network = Given.Network("10.0.0.0/" + prefix, shareAddress: shared);
                var ledger = new MemoryLedger(network);
                var number = 0;
                InstanceDecision last;
                do
                    last = ledger.Spawn(Given.Spawn(++number, hosts[number % hosts.Length]));
                while (last is InstanceDecision.Decided);

                var refused = Assert.IsType<InstanceDecision.Refused>(last);
                Assert.Equal(("no-more-fixed-ips", true), (refused.Refusal.Code, refused.Refusal.Retryable));
                var missing = network.Cidr.Size - 3 - ledger.Used(network).Count();
                Assert.InRange(missing, 0, shared ? 0 : 1); // a host without an address of its own needs two for its first instance
            },
            iter: 30);

    private static FixedIpAllocated Allocated(string address) =>
        new(Given.Ip(address), Given.Id(1), Given.Id(2), MacAddress.ForInstance(1), "host-a", "project", "vm1", Given.Noon);

    private static FixedIpEvent Change(Ipv4 address, int kind, DateTimeOffset at) => kind switch
    {
        0 => Allocated(address.ToString()) with { At = at },
        1 => new FixedIpDeallocated(address, at),
        2 => new FixedIpReleased(address, at),
        _ => new FixedIpTakenByHost(address, "host-a", at),
    };
}

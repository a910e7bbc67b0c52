using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Ledger;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class a_small_network_that_two_programs_share(TestLedger ledger) : IClassFixture<TestLedger>
{
    [Fact]
    public async Task is_used_to_its_last_address_and_gives_none_twice()
    {
        var network = await ledger.CreateNetworkAsync("10.1.0.0/28", "small");
        var other = ledger.StartProgram().GetRequiredService<InstanceLedger>();

        // 16 addresses without network, gateway and broadcast: 13, whichever block each is in.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            number => ledger.SpawnAsync(Guid.NewGuid(), number % 2 == 0 ? "host-a" : "host-b", "small", by: number % 2 == 0 ? ledger.Instances : other)));

        var given = outcomes.Where(outcome => outcome.Refusal is null).Select(outcome => outcome.State!.Ports[0].Address).ToList();
        Assert.Equal(13, given.Count);
        Assert.Equal(13, given.Distinct().Count());
        Assert.DoesNotContain(given, network.IsReserved);
        Assert.All(outcomes.Where(outcome => outcome.Refusal is not null), outcome => Assert.Equal("no-more-fixed-ips", outcome.Refusal!.Code));
        var addresses = (await ledger.Queries.NetworkAsync("small", TestContext.Current.CancellationToken))!.Addresses;
        Assert.Equal(new AddressUse(16, 3, 13, 0), addresses);
    }

    [Fact]
    public async Task gives_an_address_again_once_it_is_released_wherever_it_is()
    {
        await ledger.CreateNetworkAsync("10.2.0.0/28", "again");
        var instances = Enumerable.Range(0, 13).Select(_ => Guid.NewGuid()).ToList();
        var outcomes = await Task.WhenAll(instances.Select(instance => ledger.SpawnAsync(instance, network: "again")));
        Assert.Equal("no-more-fixed-ips", (await ledger.SpawnAsync(Guid.NewGuid(), network: "again")).Refusal!.Code);

        await ledger.DeleteAsync(instances[4]);
        Assert.Equal("no-more-fixed-ips", (await ledger.SpawnAsync(Guid.NewGuid(), network: "again")).Refusal!.Code);
        await ledger.ReleasedAsync(instances[4]);
        var other = ledger.StartProgram().GetRequiredService<InstanceLedger>();
        var next = await ledger.SpawnAsync(Guid.NewGuid(), "host-b", "again", by: other);
        Assert.Equal(outcomes[4].State!.Ports[0].Address, next.State!.Ports[0].Address);
    }

    [Fact]
    public async Task gives_the_last_addresses_of_several_blocks_to_one_instance_that_needs_them_all()
    {
        // Two blocks of four: 10.4.0.2 and .3 in one, .4 to .6 in the other.
        await ledger.CreateNetworkAsync("10.4.0.0/29", "scarce");
        foreach (var address in new[] { "10.4.0.2", "10.4.0.5", "10.4.0.6" })
        {
            Assert.Null((await ledger.SpawnAsync(Guid.NewGuid(), network: "scarce", address: address)).Refusal);
        }

        var spawn = TestLedger.SpawnOf(Guid.NewGuid()) with { Networks = [new("scarce", null, null), new("scarce", null, null)] };
        var outcome = await ledger.Instances.SpawnAsync(spawn, TestLedger.OriginOf("host-a"), TestContext.Current.CancellationToken);

        Assert.Null(outcome.Refusal);
        Assert.Equal(["10.4.0.3", "10.4.0.4"], outcome.State!.Ports.Select(port => port.Address.ToString()).Order());
        Assert.Equal("no-more-fixed-ips", (await ledger.SpawnAsync(Guid.NewGuid(), network: "scarce")).Refusal!.Code);
    }

    [Fact]
    public async Task is_seen_by_the_other_program_as_soon_as_it_is_there_and_not_when_it_is_gone()
    {
        var other = ledger.StartProgram().GetRequiredService<InstanceLedger>();
        Assert.Equal("network-not-found", (await ledger.SpawnAsync(Guid.NewGuid(), "host-b", "late", by: other)).Refusal!.Code);
        await ledger.CreateNetworkAsync("10.3.0.0/28", "late");
        var instance = Guid.NewGuid();
        Assert.Null((await ledger.SpawnAsync(instance, "host-b", "late", by: other)).Refusal);
        await ledger.DeleteAsync(instance, "host-b");
        await ledger.ReleasedAsync(instance, "host-b");
        await ledger.Networks.DeleteAsync("late", TestLedger.Now, TestLedger.OriginOf("scheduler"), TestContext.Current.CancellationToken);
        Assert.Equal("network-not-found", (await ledger.SpawnAsync(Guid.NewGuid(), "host-b", "late", by: other)).Refusal!.Code);
    }
}

using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class an_instance_in_the_ledger(TestLedger ledger) : IClassFixture<TestLedger>
{
    private readonly Guid instance = Guid.NewGuid();

    [Fact]
    public async Task gets_an_address_and_the_networks_that_its_host_needs()
    {
        var network = await ledger.CreateNetworkAsync("10.1.0.0/24", "spawned", shareAddress: false);
        var outcome = await ledger.SpawnAsync(instance, network: "spawned");

        Assert.Null(outcome.Refusal);
        Assert.Equal(InstanceStatus.Allocated, outcome.State!.Status);
        var port = Assert.Single(outcome.State.Ports);
        Assert.True(network.Cidr.Contains(port.Address));
        var served = Assert.Single(outcome.Networks);
        Assert.Equal(network, served.Network);
        Assert.True(network.Cidr.Contains(served.HostAddress));
        Assert.NotEqual(port.Address, served.HostAddress);
    }

    [Fact]
    public async Task is_told_the_same_again_when_its_spawning_is_redelivered()
    {
        await ledger.CreateNetworkAsync("10.2.0.0/24", "redelivered");
        var first = await ledger.SpawnAsync(instance, network: "redelivered");
        var again = await ledger.SpawnAsync(instance, network: "redelivered");
        Assert.Equal(first.State, again.State);
        Assert.Equal(first.Networks, again.Networks);
        Assert.Equal(1, (await ledger.Queries.NetworkAsync("redelivered", TestContext.Current.CancellationToken))!.Addresses.Allocated);
    }

    [Fact]
    public async Task gets_one_address_when_its_spawning_comes_many_times_at_once()
    {
        await ledger.CreateNetworkAsync("10.3.0.0/24", "at-once");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ledger.SpawnAsync(instance, network: "at-once")));
        Assert.Single(outcomes.Select(outcome => outcome.State!.Ports[0].Address).Distinct());
        Assert.All(outcomes, outcome => Assert.Null(outcome.Refusal));
        Assert.Equal(1, (await ledger.Queries.NetworkAsync("at-once", TestContext.Current.CancellationToken))!.Addresses.Allocated);
    }

    [Fact]
    public async Task is_configured_once_for_its_generation()
    {
        await ledger.CreateNetworkAsync("10.4.0.0/24", "configured");
        var generation = (await ledger.SpawnAsync(instance, network: "configured")).State!.Generation;
        var origin = TestLedger.OriginOf("host-a");
        var at = TestLedger.Now.AddSeconds(1);
        var first = await ledger.Instances.ConfiguredAsync(instance, generation, true, at, origin, TestContext.Current.CancellationToken);
        var again = await ledger.Instances.ConfiguredAsync(instance, generation, true, at.AddHours(1), origin, TestContext.Current.CancellationToken);
        Assert.Equal(InstanceStatus.Configured, first.State!.Status);
        Assert.Equal(at, again.State!.ConfiguredAt);
        Assert.Equal(first.State, again.State);
    }

    [Fact]
    public async Task frees_its_address_when_its_host_has_let_go_and_not_before()
    {
        await ledger.CreateNetworkAsync("10.5.0.0/24", "freed");
        var address = (await ledger.SpawnAsync(instance, network: "freed")).State!.Ports[0].Address;
        Assert.Equal(InstanceStatus.Releasing, (await ledger.DeleteAsync(instance)).State!.Status);
        Assert.Equal("deallocated", await StateOf("freed", address.ToString()));
        Assert.Equal(InstanceStatus.Released, (await ledger.ReleasedAsync(instance)).State!.Status);
        Assert.Equal("free", await StateOf("freed", address.ToString()));
        Assert.Equal(0, (await ledger.Queries.NetworkAsync("freed", TestContext.Current.CancellationToken))!.Addresses.Allocated);
    }

    [Fact]
    public async Task never_comes_when_its_deletion_was_there_first()
    {
        await ledger.CreateNetworkAsync("10.6.0.0/24", "overtaken");
        Assert.Equal(InstanceStatus.Released, (await ledger.DeleteAsync(instance)).State!.Status);
        Assert.Equal("instance-deleted", (await ledger.SpawnAsync(instance, network: "overtaken")).Refusal!.Code);
        Assert.Equal(0, (await ledger.Queries.NetworkAsync("overtaken", TestContext.Current.CancellationToken))!.Addresses.Allocated);
    }

    [Fact]
    public async Task that_is_refused_does_not_stop_those_that_came_with_it()
    {
        await ledger.CreateNetworkAsync("10.7.0.0/24", "mixed");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(
            number => ledger.SpawnAsync(Guid.NewGuid(), network: number % 3 == 0 ? "no such network" : "mixed")));
        Assert.Equal(10, outcomes.Count(outcome => outcome.Refusal?.Code == "network-not-found"));
        Assert.Equal(20, outcomes.Where(outcome => outcome.Refusal is null).Select(outcome => outcome.State!.Ports[0].Address).Distinct().Count());
    }

    [Fact]
    public async Task that_asks_for_an_address_gets_it_unless_another_has_it()
    {
        await ledger.CreateNetworkAsync("10.8.0.0/24", "asked");
        Assert.Equal("10.8.0.77", (await ledger.SpawnAsync(instance, network: "asked", address: "10.8.0.77")).State!.Ports[0].Address.ToString());
        Assert.Equal("fixed-ip-already-in-use", (await ledger.SpawnAsync(Guid.NewGuid(), network: "asked", address: "10.8.0.77")).Refusal!.Code);
    }

    [Fact]
    public async Task spawned_and_deleted_in_one_breath_goes_through_both_in_that_order()
    {
        await ledger.CreateNetworkAsync("10.9.0.0/24", "in-a-breath");
        var spawned = ledger.SpawnAsync(instance, network: "in-a-breath");
        var deleted = ledger.DeleteAsync(instance);
        var released = ledger.ReleasedAsync(instance);
        Assert.Equal(InstanceStatus.Allocated, (await spawned).State!.Status);
        Assert.Equal(InstanceStatus.Releasing, (await deleted).State!.Status);
        Assert.Equal(InstanceStatus.Released, (await released).State!.Status);
        Assert.Equal(await spawned is { State.Ports: var ports } ? ports : [], (await released).State!.Ports);
    }

    private async Task<string> StateOf(string network, string address) =>
        (await ledger.Queries.FixedIpsAsync(null, network, null, TestLedger.Now, TestContext.Current.CancellationToken))
            .Single(entry => entry.FixedIp.Address.ToString() == address).State;
}

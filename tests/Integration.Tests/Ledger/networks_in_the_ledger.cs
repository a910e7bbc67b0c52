using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class networks_in_the_ledger(TestLedger ledger) : IClassFixture<TestLedger>
{
    private static readonly Origin Operator = TestLedger.OriginOf("scheduler");

    [Fact]
    public async Task never_overlap_however_many_are_created_at_once()
    {
        var other = ledger.StartProgram().GetRequiredService<NetworkLedger>();
        var decisions = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            number => (number % 2 == 0 ? ledger.Networks : other).CreateAsync(TestLedger.CreationOf($"10.9.{number % 4 * 64}.0/16"), Operator, TestContext.Current.CancellationToken)));
        Assert.Single(decisions.OfType<Decision<Network>.Accepted>());
        Assert.All(decisions.OfType<Decision<Network>.Refused>(), refused => Assert.Equal("cidr-conflict", refused.Refusal.Code));
    }

    [Fact]
    public async Task are_made_once_by_a_command_that_comes_twice()
    {
        var command = TestLedger.CreationOf("10.10.0.0/24");
        var first = await ledger.Networks.CreateAsync(command, Operator, TestContext.Current.CancellationToken);
        var again = await ledger.Networks.CreateAsync(command with { Now = TestLedger.Now.AddHours(1) }, Operator, TestContext.Current.CancellationToken);
        Assert.Equal(first, again);
        var another = await ledger.Networks.CreateAsync(command with { Cidr = "10.11.0.0/24" }, Operator, TestContext.Current.CancellationToken);
        Assert.Equal("network-not-created", Assert.IsType<Decision<Network>.Refused>(another).Refusal.Code);
    }

    [Fact]
    public async Task cannot_go_while_an_instance_has_an_address_of_them()
    {
        await ledger.CreateNetworkAsync("10.12.0.0/24", "busy", shareAddress: false);
        var instance = Guid.NewGuid();
        await ledger.SpawnAsync(instance, network: "busy");
        Assert.Equal("network-in-use", await RefusedAsync("busy"));
        await ledger.DeleteAsync(instance);
        Assert.Equal("network-in-use", await RefusedAsync("busy"));
        await ledger.ReleasedAsync(instance);

        Assert.Contains((await ledger.HostViews.ReadAsync("host-a", TestContext.Current.CancellationToken)).Networks, served => served.Network.Label == "busy");
        Assert.Null(await RefusedAsync("10.12.0.0/24"));
        Assert.Equal("network-not-found", await RefusedAsync("busy"));
        Assert.DoesNotContain((await ledger.HostViews.ReadAsync("host-a", TestContext.Current.CancellationToken)).Networks, served => served.Network.Label == "busy");
        Assert.DoesNotContain(
            "busy", (await ledger.Hosts.ListAsync(TestContext.Current.CancellationToken)).SelectMany(host => host.Networks));
        Assert.Empty(await ledger.Queries.FixedIpsAsync(null, "busy", null, TestLedger.Now, TestContext.Current.CancellationToken));
    }

    private async Task<string?> RefusedAsync(string network) =>
        await ledger.Networks.DeleteAsync(network, TestLedger.Now, Operator, TestContext.Current.CancellationToken) is Decision<Network>.Refused refused
            ? refused.Refusal.Code
            : null;
}

using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class networks_that_hosts_leave(TestLedger ledger) : IClassFixture<TestLedger>
{
    private static readonly HostSettings TearsDown = TestLedger.Settings with { TearsDownUnused = true };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HostNetworks Networks => ledger.Program.GetRequiredService<HostNetworks>();

    [Fact]
    public async Task one_with_an_address_of_its_own_is_left_then_let_go_of_then_anybodys()
    {
        var network = await ledger.CreateNetworkAsync("10.60.0.0/29", "own", shareAddress: false);
        var (host, instance) = ("leaves-1", Guid.NewGuid());
        await ledger.SpawnAsync(instance, host, "own");
        var address = (await ContentAsync(host)).Networks.Single().HostAddress;
        Assert.Equal(0, await LeaveAsync(host));
        await EndAsync(instance, host);
        Assert.Equal(network.Id, Assert.Single((await ContentAsync(host)).Networks).Network.Id);

        Assert.Equal(1, await LeaveAsync(host));
        Assert.Equal(0, await LeaveAsync(host));
        Assert.Empty((await ContentAsync(host)).Networks);
        var left = Assert.Single(await Networks.LeftAsync(host, Stop));
        Assert.Equal(address, left.Address);
        Assert.Equal("reserved", (await ledger.Queries.FixedIpAsync(address, TestLedger.Now, Stop))!.State);
        Assert.Equal(1, (await ledger.Queries.NetworkAsync("own", Stop))!.Addresses.Reserved - network.Reserved);

        await Networks.LetGoAsync(host, [left], TestLedger.Now, Stop);
        Assert.Empty(await Networks.LeftAsync(host, Stop));
        Assert.Equal(address, (await ledger.SpawnAsync(Guid.NewGuid(), "leaves-2", "own", address.ToString())).State!.Ports[0].Address);
    }

    [Fact]
    public async Task one_whose_address_is_shared_stays_on_the_host_until_it_is_left_now_and_in_the_past()
    {
        var network = await ledger.CreateNetworkAsync("10.61.0.0/24", "shared");
        var (host, instance) = ("leaves-3", Guid.NewGuid());
        await ledger.Hosts.JoinAsync(host, TearsDown, "/var/lib/novanet", TestLedger.Now, Stop);
        await ledger.SpawnAsync(instance, host, "shared");
        await EndAsync(instance, host);
        Assert.Equal(network.Id, Assert.Single((await ContentAsync(host)).Networks).Network.Id);
        var before = DateTimeOffset.UtcNow;

        Assert.Equal(1, await LeaveAsync(host));
        Assert.Empty((await ContentAsync(host)).Networks);
        var travel = ledger.Program.GetRequiredService<TimeTravel>();
        Assert.Equal(network.Id, Assert.Single((await travel.HostAsync(host, before, Stop)).Content.Networks).Network.Id);
        Assert.Empty((await travel.HostAsync(host, DateTimeOffset.UtcNow.AddSeconds(1), Stop)).Content.Networks);
    }

    [Fact]
    public async Task one_that_a_host_serves_for_all_is_on_it_while_an_instance_is_anywhere()
    {
        var network = await ledger.CreateNetworkAsync("10.62.0.0/24", "for-all", multiHost: false);
        var (serves, host, instance) = ("leaves-4", "leaves-5", Guid.NewGuid());
        await ledger.Hosts.JoinAsync(serves, TearsDown, "/var/lib/novanet", TestLedger.Now, Stop);
        await ledger.NetworkHosts.CarryAsync([new NetworkMove(network.Id, null, serves, "first", MoveKind.Place)], new Dictionary<string, DateTimeOffset?>(), TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop);
        Assert.Empty((await ContentAsync(serves)).Networks);

        await ledger.SpawnAsync(instance, host, "for-all");
        Assert.Equal(network.Id, Assert.Single((await ContentAsync(serves)).Networks).Network.Id);
        await ledger.DeleteAsync(instance, host);
        Assert.Single((await ContentAsync(serves)).Networks);
        var before = DateTimeOffset.UtcNow;
        await ledger.ReleasedAsync(instance, serves);
        Assert.Empty((await ContentAsync(serves)).Networks);
        await ledger.ReleasedAsync(instance, host);
        Assert.Equal((0, 1), (await LeaveAsync(serves), await LeaveAsync(host)));
        var travel = ledger.Program.GetRequiredService<TimeTravel>();
        Assert.Equal(network.Id, Assert.Single((await travel.HostAsync(serves, before, Stop)).Content.Networks).Network.Id);
        Assert.Empty((await travel.HostAsync(serves, DateTimeOffset.UtcNow.AddSeconds(1), Stop)).Content.Networks);
    }

    [Fact]
    public async Task a_deleted_network_is_left_by_all_and_its_addresses_with_it()
    {
        await ledger.CreateNetworkAsync("10.63.0.0/29", "deleted", shareAddress: false);
        var (host, instance) = ("leaves-6", Guid.NewGuid());
        await ledger.SpawnAsync(instance, host, "deleted");
        await EndAsync(instance, host);
        await LeaveAsync(host);

        Assert.IsType<Decision<Network>.Accepted>(await ledger.Networks.DeleteAsync("deleted", TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop));
        Assert.Empty(await Networks.LeftAsync(host, Stop));
        var again = await ledger.CreateNetworkAsync("10.63.0.0/29", "again", shareAddress: false);
        Assert.Equal(again.Reserved, (await ledger.Queries.NetworkAsync("again", Stop))!.Addresses.Reserved);
    }

    [Fact]
    public async Task none_is_left_in_the_moment_when_an_instance_comes_to_it()
    {
        await ledger.CreateNetworkAsync("10.64.0.0/24", "raced", shareAddress: false);
        const string host = "leaves-7";
        var other = ledger.StartProgram().GetRequiredService<HostNetworks>();
        for (var round = 0; round < 25; round++)
        {
            var instance = Guid.NewGuid();
            var spawned = ledger.SpawnAsync(instance, host, "raced");
            await Task.WhenAll(spawned, other.LeaveUnusedAsync(host, TestLedger.Now, Stop), other.LeaveUnusedAsync(host, TestLedger.Now, Stop));

            var served = Assert.Single((await ContentAsync(host)).Networks);
            Assert.Equal(served.HostAddress, (await spawned).Networks.Single().HostAddress);
            Assert.Equal((FixedIpStatus.TakenByHost, host), ((await ledger.Queries.FixedIpAsync(served.HostAddress, TestLedger.Now, Stop))!.FixedIp.Status, host));
            await EndAsync(instance, host);
            if (round % 3 == 0)
            {
                await LeaveAsync(host);
            }
        }
    }

    private Task<int> LeaveAsync(string host) => Networks.LeaveUnusedAsync(host, TestLedger.Now, Stop);

    private Task<HostContent> ContentAsync(string host) => ledger.HostViews.ReadAsync(host, Stop);

    private async Task EndAsync(Guid instance, string host)
    {
        await ledger.DeleteAsync(instance, host);
        await ledger.ReleasedAsync(instance, host);
    }
}

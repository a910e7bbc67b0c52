using Microsoft.Extensions.DependencyInjection;
using Marten;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class many_networks_at_once(TestLedger ledger) : IClassFixture<TestLedger>
{
    private static readonly Origin Operator = TestLedger.OriginOf("scheduler");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task are_made_by_one_commit()
    {
        var made = await ledger.CreateNetworksAsync(Tagged("10.20.0.0/16", 256) with { Size = 256 });

        Assert.Equal(256, made.Count);
        await using var session = ledger.Store.QuerySession();
        var created = (await session.Events.QueryAllRawEvents().ToListAsync(Stop)).Where(stored => stored.Data is NetworkCreated e && Cidr(e).StartsWith("10.20.", StringComparison.Ordinal)).ToList();
        Assert.Equal(256, created.Count);
        Assert.Single(created.Select(stored => stored.Timestamp).Distinct());
    }

    [Fact]
    public async Task flaw_3_are_made_all_or_none()
    {
        var before = (await ledger.Queries.NetworksAsync(Stop)).Count;
        var decision = await ledger.Networks.CreateAsync(Tagged("10.21.0.0/24", 4) with { Size = 64, AllowedStart = "10.21.0.130" }, Operator, Stop);

        Assert.Equal("address-out-of-range", Assert.IsType<Decision<Network>.Refused>(decision).Refusal.Code);
        Assert.Equal(before, (await ledger.Queries.NetworksAsync(Stop)).Count);
    }

    [Fact]
    public async Task flaw_2_collide_in_nothing_however_many_are_asked_for_at_once()
    {
        var other = ledger.StartProgram().GetRequiredService<NetworkLedger>();
        var decisions = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            number => (number % 2 == 0 ? ledger.Networks : other).CreateAsync(Tagged("10.22.0.0/16", 5) with { Size = 64 }, Operator, Stop)));

        var made = decisions.SelectMany(decision => Assert.IsType<Decision<Network>.Accepted>(decision).Events).ToList();
        Assert.Equal(40, made.Select(network => network.Cidr).Distinct().Count());
        Assert.Equal(40, made.Select(network => network.Vlan).Distinct().Count());
        Assert.Equal(40, made.Select(network => network.VpnPublicPort).Distinct().Count());
    }

    [Fact]
    public async Task are_found_again_as_they_are_now_by_the_same_command()
    {
        var command = Tagged("10.23.0.0/24", 2) with { Size = 64 };
        var made = await ledger.CreateNetworksAsync(command);
        await ledger.Networks.ModifyAsync(made[1].Id.ToString(), new ModifyNetwork("red", false, null, false, TestLedger.Now), Operator, Stop);

        var again = await ledger.CreateNetworksAsync(command with { Now = TestLedger.Now.AddHours(1) });

        Assert.Equal([made[0], made[1] with { ProjectId = "red" }], again);
    }

    [Fact]
    public async Task flaw_9_of_any_size_are_one_event_each_and_no_address_until_one_is_used()
    {
        await using var large = new TestLedger();
        await large.InitializeAsync();
        await large.CreateNetworkAsync("10.0.0.0/8", "all");

        Assert.Equal(new AddressUse(16777216, 3, 0, 16777213), (await large.Queries.NetworkAsync("all", Stop))!.Addresses);
        Assert.Equal(1, (await large.Store.Advanced.FetchEventStoreStatistics(token: Stop)).EventCount);
        await using var session = large.Store.QuerySession();
        Assert.Equal(0, await session.Query<BlockDocument>().CountAsync(Stop));
    }

    [Fact]
    public async Task of_a_narrow_part_of_a_large_range_give_its_addresses_at_once()
    {
        await using var large = new TestLedger();
        await large.InitializeAsync();
        await large.CreateNetworksAsync(TestLedger.CreationOf("10.0.0.0/8") with { Label = "narrow", FixedCidr = "10.200.0.16/29" });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => large.SpawnAsync(Guid.NewGuid())));

        Assert.Equal(
            Enumerable.Range(16, 8).Select(last => $"10.200.0.{last}").Order(),
            outcomes.Where(outcome => outcome.Refusal is null).Select(outcome => outcome.State!.Ports.Single().Address.ToString()).Order());
        Assert.Equal("no-more-fixed-ips", outcomes.Single(outcome => outcome.Refusal is not null).Refusal!.Code);
    }

    [Fact]
    public async Task are_changed_for_known_hosts_only()
    {
        var network = await ledger.CreateNetworkAsync("10.24.0.0/24", "served", multiHost: false);
        Assert.Equal("host-not-found", Code(await ModifyAsync("served", Host("host-z"))));
        Assert.Equal("network-not-found", Code(await ModifyAsync("no-such", Host("host-z"))));

        await ledger.Hosts.JoinAsync("host-z", TestLedger.Settings, "/var/lib/novanet", TestLedger.Now, Stop);

        Assert.Equal("host-z", Assert.IsType<Decision<Network>.Accepted>(await ModifyAsync(network.Cidr.ToString(), Host("host-z"))).Events[0].Host);
        Assert.Equal("host-z", (await ledger.Queries.NetworkAsync("served", Stop))!.Network.Host);
    }

    [Fact]
    public async Task do_not_come_to_a_host_that_was_forgotten()
    {
        await ledger.CreateNetworkAsync("10.25.0.0/24", "kept", multiHost: false);
        await ledger.Hosts.JoinAsync("host-y", TestLedger.Settings, "/var/lib/novanet", TestLedger.Now, Stop);
        await ledger.Program.GetRequiredService<HostRetirement>().ForgetAsync("host-y", TestLedger.Now, TestLedger.Now, Operator, Stop);

        Assert.Equal("host-not-found", Code(await ModifyAsync("kept", Host("host-y"))));
        Assert.Null((await ledger.Queries.NetworkAsync("kept", Stop))!.Network.Host);

        await ledger.Hosts.JoinAsync("host-y", TestLedger.Settings, "/var/lib/novanet", TestLedger.Now, Stop);
        Assert.Equal("host-y", Assert.IsType<Decision<Network>.Accepted>(await ModifyAsync("kept", Host("host-y"))).Events[0].Host);
    }

    private static string Cidr(NetworkCreated change) => change.Network.Cidr.ToString();

    private static string Code(Decision<Network> decision) => Assert.IsType<Decision<Network>.Refused>(decision).Refusal.Code;

    private static ModifyNetwork Host(string host) => new(null, false, host, false, TestLedger.Now);

    private Task<Decision<Network>> ModifyAsync(string network, ModifyNetwork command) => ledger.Networks.ModifyAsync(network, command, Operator, Stop);

    private static CreateNetworks Tagged(string cidr, int count) => TestLedger.CreationOf(cidr) with { Count = count, BridgeInterface = "eth1", Vlan = new VlanWish(null, 1000, null, 1000, 0) };
}

using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>Leases, reserved addresses, the reaper and hosts that are forgotten.</summary>
public sealed class addresses_in_the_ledger(TestLedger ledger) : IClassFixture<TestLedger>
{
    private static readonly DateTimeOffset Now = TestLedger.Now;
    private static readonly Origin Origin = TestLedger.OriginOf("scheduler");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FixedIpLedger Addresses => ledger.Program.GetRequiredService<FixedIpLedger>();

    private HostRetirement Retirement => ledger.Program.GetRequiredService<HostRetirement>();

    [Fact]
    public async Task a_lease_is_shown_and_keeps_a_released_address_from_others_until_it_ends()
    {
        await ledger.CreateNetworkAsync("10.1.0.0/29", "leased");
        var instance = Guid.NewGuid();
        var port = (await ledger.SpawnAsync(instance, network: "leased", address: "10.1.0.5")).State!.Ports[0];
        var seen = new LeaseSeen(port.Address, port.Mac, "host-a", Now.AddHours(1), Now);
        await Addresses.LeasesSeenAsync([seen, seen, seen with { ExpiresAt = Now.AddHours(2) }], Stop);
        Assert.Equal("leased", await StateOf("10.1.0.5"));

        await ledger.DeleteAsync(instance);
        await ledger.Instances.ReleasedAsync(instance, endsLeases: false, Now, TestLedger.OriginOf("host-a"), Stop);
        Assert.Equal("deallocated", await StateOf("10.1.0.5"));
        Assert.Equal("fixed-ip-already-in-use", (await ledger.SpawnAsync(Guid.NewGuid(), network: "leased", address: "10.1.0.5")).Refusal!.Code);

        await Addresses.LeasesSeenAsync([seen with { ExpiresAt = null }], Stop);
        Assert.Equal("free", await StateOf("10.1.0.5"));
        Assert.Null((await ledger.SpawnAsync(Guid.NewGuid(), network: "leased", address: "10.1.0.5")).Refusal);
    }

    [Fact]
    public async Task a_lease_that_ends_after_its_address_was_released_is_still_known_to_be_whose()
    {
        await ledger.CreateNetworkAsync("10.10.0.0/29", "ended");
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var port = (await ledger.SpawnAsync(first, network: "ended", address: "10.10.0.5")).State!.Ports[0];
        await ledger.DeleteAsync(first);
        await ledger.ReleasedAsync(first);
        var next = (await ledger.SpawnAsync(second, network: "ended", address: "10.10.0.5")).State!.Ports[0];
        var history = ledger.Program.GetRequiredService<AddressHistory>();

        Assert.Equal(first, await history.LastGivenToAsync(port.Address, port.Mac, DateTimeOffset.MaxValue, Stop));
        Assert.Equal(second, await history.LastGivenToAsync(port.Address, next.Mac, DateTimeOffset.MaxValue, Stop));
        Assert.Null(await history.LastGivenToAsync(port.Address, port.Mac, DateTimeOffset.MinValue, Stop));
    }

    [Fact]
    public async Task a_full_network_whose_last_address_is_on_lease_gives_it_when_the_lease_has_run_out()
    {
        await ledger.CreateNetworkAsync("10.2.0.0/29", "last");
        var instances = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToList();
        var ports = (await Task.WhenAll(instances.Select(id => ledger.SpawnAsync(id, network: "last")))).Select(outcome => outcome.State!.Ports[0]).ToList();
        await Addresses.LeasesSeenAsync([new LeaseSeen(ports[2].Address, ports[2].Mac, "host-a", Now.AddHours(1), Now)], Stop);
        await ledger.DeleteAsync(instances[2]);
        await ledger.ReleasedAsync(instances[2]);

        Assert.Equal("no-more-fixed-ips", (await ledger.SpawnAsync(Guid.NewGuid(), network: "last")).Refusal!.Code);
        var later = TestLedger.SpawnOf(Guid.NewGuid(), "host-b", "last") with { Now = Now.AddHours(1) };
        var outcome = await ledger.StartProgram().GetRequiredService<InstanceLedger>().SpawnAsync(later, TestLedger.OriginOf("host-b"), Stop);
        Assert.Equal(ports[2].Address, outcome.State!.Ports[0].Address);
    }

    [Fact]
    public async Task the_reaper_frees_what_is_overdue_and_nothing_else()
    {
        await ledger.CreateNetworkAsync("10.3.0.0/24", "reaped");
        var (gone, stays) = (Guid.NewGuid(), Guid.NewGuid());
        await ledger.SpawnAsync(gone, network: "reaped", address: "10.3.0.5");
        await ledger.SpawnAsync(stays, network: "reaped", address: "10.3.0.6");
        await ledger.DeleteAsync(gone);

        Assert.Empty(await Addresses.ReapAsync(Now.AddSeconds(-1), Now, Origin, Stop));
        Assert.Equal([Ipv4.Parse("10.3.0.5")], await Addresses.ReapAsync(Now, Now.AddMinutes(10), Origin, Stop));
        Assert.Equal(("free", "allocated"), (await StateOf("10.3.0.5"), await StateOf("10.3.0.6")));
        Assert.Equal(InstanceStatus.Released, (await ledger.ReleasedAsync(gone)).State!.Status);
        Assert.Empty(await Addresses.ReapAsync(Now, Now.AddMinutes(10), Origin, Stop));
    }

    [Fact]
    public async Task a_reserved_address_counts_as_reserved()
    {
        await ledger.CreateNetworkAsync("10.4.0.0/28", "kept");
        Assert.Null(await Addresses.ReserveAsync("10.4.0.9", Now, Origin, Stop));
        Assert.Equal(new AddressUse(16, 4, 0, 12), (await ledger.Queries.NetworkAsync("kept", Stop))!.Addresses);
        Assert.Equal("fixed-ip-not-found-for-network", (await ledger.SpawnAsync(Guid.NewGuid(), network: "kept", address: "10.4.0.9")).Refusal!.Code);
        Assert.Equal("reserved", (await ledger.Queries.FixedIpAsync(Ipv4.Parse("10.4.0.1"), Now, Stop))!.State);
        Assert.Null(await ledger.Queries.FixedIpAsync(Ipv4.Parse("192.0.2.1"), Now, Stop));

        Assert.Null(await Addresses.UnreserveAsync("10.4.0.9", Now, Origin, Stop));
        Assert.Null((await ledger.SpawnAsync(Guid.NewGuid(), network: "kept", address: "10.4.0.9")).Refusal);
        Assert.Equal("fixed-ip-already-in-use", (await Addresses.ReserveAsync("10.4.0.9", Now, Origin, Stop))!.Code);
    }

    [Fact]
    public async Task a_host_that_is_forgotten_leaves_nothing_and_may_join_anew()
    {
        await ledger.CreateNetworkAsync("10.5.0.0/26", "forgotten", shareAddress: false);
        var (one, two, elsewhere) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var port = (await ledger.SpawnAsync(one, "dead", "forgotten")).State!.Ports[0];
        await ledger.SpawnAsync(two, "dead", "forgotten");
        await ledger.SpawnAsync(elsewhere, "alive", "forgotten");
        await ledger.DeleteAsync(two, "dead");
        await Addresses.LeasesSeenAsync([new LeaseSeen(port.Address, port.Mac, "dead", Now.AddDays(1), Now)], Stop);

        var ended = await ForgetAsync("dead");

        Assert.Equal(new[] { one, two }.Order(), Assert.IsType<Decision<InstanceNetwork>.Accepted>(ended).Events.Select(instance => instance.InstanceId).Order());
        Assert.Equal(["alive", "alive"], (await ledger.Queries.FixedIpsAsync(null, "forgotten", null, Now, Stop)).Where(entry => entry.State != "free").Select(entry => entry.FixedIp.Host));
        Assert.All(await ledger.Queries.FixedIpsAsync(null, "forgotten", null, Now, Stop), entry => Assert.Empty(entry.FixedIp.Leases));
        Assert.False(await ledger.Hosts.IsKnownAsync("dead", Stop));
        Assert.DoesNotContain(await ledger.Hosts.ListAsync(Stop), host => host.Host == "dead");
        Assert.Empty((await ledger.HostViews.ReadAsync("dead", Stop)).Ports);
        Assert.Empty(Assert.IsType<Decision<InstanceNetwork>.Accepted>(await ForgetAsync("dead")).Events);

        await ledger.Hosts.HeartbeatAsync(new HostReport("dead", "1.0", 0, 0, true), Stop);
        Assert.True(await ledger.Hosts.IsKnownAsync("dead", Stop));
        Assert.Null((await ledger.SpawnAsync(Guid.NewGuid(), "dead", "forgotten")).Refusal);
    }

    [Fact]
    public async Task a_host_that_was_heard_of_or_never_was_is_not_forgotten()
    {
        await ledger.CreateNetworkAsync("10.6.0.0/28", "kept-host");
        await ledger.SpawnAsync(Guid.NewGuid(), "living", "kept-host");
        await ledger.Hosts.HeartbeatAsync(new HostReport("living", "1.0", 1, 0, true), Stop);
        var refused = Assert.IsType<Decision<InstanceNetwork>.Refused>(await Retirement.ForgetAsync("living", DateTimeOffset.UtcNow.AddMinutes(-1), Now, Origin, Stop));
        Assert.Equal("host-is-alive", refused.Refusal.Code);
        Assert.Equal("host-not-found", Assert.IsType<Decision<InstanceNetwork>.Refused>(await ForgetAsync("nobody")).Refusal.Code);
        Assert.Equal(1, (await ledger.Queries.NetworkAsync("kept-host", Stop))!.Addresses.Allocated);
    }

    [Fact]
    public async Task what_a_forgetting_has_left_is_swept_later()
    {
        await ledger.CreateNetworkAsync("10.7.0.0/28", "swept", shareAddress: false);
        var instance = Guid.NewGuid();
        await ledger.SpawnAsync(instance, "half", "swept");

        // As if its program had died after the first of its commits.
        await ledger.Program.GetRequiredService<LedgerWriter>().SubmitAsync(new InstanceWork(null, "half", Now, Origin, situation => Reaping.Forget(situation, Now)), Stop);
        Assert.Equal(1, (await ledger.Queries.NetworkAsync("swept", Stop))!.Addresses.Allocated);
        await Retirement.SweepAllAsync(Now, Origin, Stop);

        Assert.Equal(new AddressUse(16, 3, 0, 13), (await ledger.Queries.NetworkAsync("swept", Stop))!.Addresses);
        Assert.Equal(InstanceStatus.Released, (await ledger.Queries.InstanceAsync(instance, Stop))!.State.Status);
    }

    [Fact]
    public async Task of_two_who_are_given_one_mac_address_at_once_one_gets_another()
    {
        await ledger.CreateNetworkAsync("10.8.0.0/24", "twins");
        var other = ledger.StartProgram().GetRequiredService<InstanceLedger>();
        for (var round = 0; round < 5; round++)
        {
            var (seed, supplied) = (Guid.NewGuid(), $"fa:16:3e:77:00:0{round}");
            var generated = await Task.WhenAll(Both(spawn => spawn with { Seed = seed }));
            Assert.Equal(2, generated.Select(outcome => outcome.State!.Ports[0].Mac).Distinct().Count());

            var asked = await Task.WhenAll(Both(spawn => spawn with { Networks = [new("twins", null, supplied)] }));
            Assert.Equal("mac-address-in-use", Assert.Single(asked, outcome => outcome.Refusal is not null).Refusal!.Code);
        }

        IEnumerable<Task<InstanceOutcome>> Both(Func<Spawn, Spawn> change) => new[] { (ledger.Instances, "host-a"), (other, "host-b") }.Select(pair =>
            pair.Item1.SpawnAsync(change(TestLedger.SpawnOf(Guid.NewGuid(), pair.Item2, "twins")), TestLedger.OriginOf(pair.Item2), Stop));
    }

    private Task<Decision<InstanceNetwork>> ForgetAsync(string host) => Retirement.ForgetAsync(host, Now, Now, Origin, Stop);

    private async Task<string> StateOf(string address) => (await ledger.Queries.FixedIpAsync(Ipv4.Parse(address), Now, Stop))!.State;
}

using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class hosts_in_the_ledger(TestLedger ledger) : IClassFixture<TestLedger>
{
    [Fact]
    public async Task join_once_and_are_listed_with_what_they_last_said()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ledger.Hosts.JoinAsync("host-j", TestLedger.Settings, "/var/lib/novanet", TestLedger.Now, TestContext.Current.CancellationToken)));
        await ledger.Hosts.HeartbeatAsync(new HostReport("host-j", "0.1.0", 3, 0, true), TestContext.Current.CancellationToken);
        await ledger.Hosts.HeartbeatAsync(new HostReport("host-j", "0.1.0", 4, 1, true), TestContext.Current.CancellationToken);

        Assert.True(await ledger.Hosts.IsKnownAsync("host-j", TestContext.Current.CancellationToken));
        Assert.False(await ledger.Hosts.IsKnownAsync("host-x", TestContext.Current.CancellationToken));
        var host = (await ledger.Hosts.ListAsync(TestContext.Current.CancellationToken)).Single(entry => entry.Host == "host-j");
        Assert.Equal((4, 1, true), (host.Ports, host.Drift, host.HasPublicInterface));
        Assert.NotNull(host.LastSeen);
        await using var session = ledger.Store.QuerySession();
        var story = await session.Events.FetchStreamAsync("host-host-j", token: TestContext.Current.CancellationToken);
        Assert.Equal(["host-joined", "host-settings-changed"], story.Select(change => change.EventTypeName));
    }

    [Fact]
    public async Task tell_their_settings_when_they_start_with_others()
    {
        var stop = TestContext.Current.CancellationToken;
        var changed = TestLedger.Settings with { PublicInterface = "eth7" };
        foreach (var settings in (HostSettings[])[TestLedger.Settings, TestLedger.Settings, changed, changed])
        {
            await ledger.Hosts.JoinAsync("host-s", settings, "/var/lib/novanet", TestLedger.Now, stop);
        }

        await using var session = ledger.Store.QuerySession();
        var told = (await session.Events.FetchStreamAsync("host-host-s", token: stop)).Select(change => change.Data).OfType<HostSettingsChanged>();
        Assert.Equal(["eth0", "eth7"], told.Select(change => change.Settings.PublicInterface));
        var then = await ledger.Program.GetRequiredService<TimeTravel>().HostAsync("host-s", DateTimeOffset.UtcNow, stop);
        Assert.Equal(changed, then.Record!.Settings);
    }

    [Fact]
    public async Task see_their_own_ports_and_networks_only()
    {
        await ledger.CreateNetworkAsync("10.1.0.0/24", "mine", shareAddress: false);
        await ledger.CreateNetworkAsync("10.2.0.0/24", "theirs");
        var (here, gone) = (Guid.NewGuid(), Guid.NewGuid());
        var spawned = await ledger.SpawnAsync(here, "host-v", "mine");
        await ledger.SpawnAsync(gone, "host-v", "mine");
        await ledger.DeleteAsync(gone, "host-v");
        await ledger.SpawnAsync(Guid.NewGuid(), "host-w", "theirs");

        var content = await ledger.HostViews.ReadAsync("host-v", TestContext.Current.CancellationToken);
        Assert.Equal(spawned.Networks, content.Networks);
        var port = Assert.Single(content.Ports);
        Assert.Equal((spawned.State!.Ports[0].PortName, spawned.State.Ports[0].Address), (port.PortName, port.Address));
        Assert.Equal("host-v", (await ledger.Queries.InstanceAsync(here, TestContext.Current.CancellationToken))?.State.Host);
        Assert.Equal(spawned.Networks, (await ledger.Queries.InstanceAsync(here, TestContext.Current.CancellationToken))!.Networks);
        Assert.Empty((await ledger.HostViews.ReadAsync("host-unknown", TestContext.Current.CancellationToken)).Ports);
    }
}

using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using NovaNetBus.Ledger;
using Npgsql;
using Xunit;
using FixedIpLeaseEnded = NovaNetBus.Contracts.FixedIpLeaseEnded;
using FloatingIpAssociated = NovaNetBus.Contracts.FloatingIpAssociated;
using FloatingIpDisassociated = NovaNetBus.Contracts.FloatingIpDisassociated;

namespace NovaNetBus.Integration.Tests;

/// <summary>
/// Facts that nobody is answered with, through the published scheduler and a real broker. A worker that dies between recording and telling is one that has only recorded: the test's own
/// program does that, and in the last test a worker that is killed there.
/// </summary>
[Collection(nameof(RunningPrograms))]
public sealed class facts_told_from_the_log(RunningPrograms programs) : IAsyncLifetime
{
    private static int used;
    private readonly string name = $"told-{Interlocked.Increment(ref used)}";
    private readonly int number = used;
    private ServiceProvider recording = null!;
    private ComputeService listener = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private InstanceLedger Instances => recording.GetRequiredService<InstanceLedger>();

    public async ValueTask InitializeAsync()
    {
        recording = new ServiceCollection().AddLogging().AddLedger(programs.Postgres, "novanet-worker").BuildServiceProvider();
        listener = await ComputeService.ConnectAsync();
        await programs.NovanetAsync("network", "create", name, "--fixed-range-v4", $"10.84.{number}.0/24", "--multi-host", "true", "--project", name);
        await programs.NovanetAsync("floating", "create", "--ip-range", $"198.18.{number}.0/28", "--pool", name);
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        await recording.DisposeAsync();
    }

    [Fact]
    public async Task leases_and_moves_of_networks_come_and_none_is_lost_when_the_scheduler_is_killed()
    {
        const int instances = 40, killedAfter = 10;
        await ListenAsync(typeof(FixedIpLeased), typeof(FixedIpLeaseEnded), typeof(NetworkHostChanged));
        var nics = await Task.WhenAll(Enumerable.Range(0, instances).Select(async _ => (await SpawnAsync()).Ports[0]));

        var seeing = SeeAsync(nics, DateTimeOffset.UtcNow.AddDays(1));
        await Eventually.HoldsAsync("some leases are told", () => Told<FixedIpLeased>().Count() >= killedAfter);
        await programs.ReplaceSchedulerAsync();
        await seeing;
        await Eventually.HoldsAsync("each lease is told", () => Told<FixedIpLeased>().Select(fact => fact.Address).ToHashSet().Count == instances);

        await SeeAsync(nics, null);
        await programs.ReplaceSchedulerAsync();
        await Eventually.HoldsAsync("each end is told", () => Told<FixedIpLeaseEnded>().Select(fact => (fact.Address, fact.MacAddress)).ToHashSet().SetEquals(
            nics.Select(nic => (nic.Address.ToString(), nic.Mac.ToString()))));

        await programs.NovanetAsync("network", "create", name + "-one", "--fixed-range-v4", $"10.85.{number}.0/24", "--multi-host", "false", "--project", name);
        await programs.NovanetAsync("network", "modify", name + "-one", "--host", programs.Host);
        await programs.ReplaceSchedulerAsync();
        await Eventually.HoldsAsync("the network's host is told", () => Told<NetworkHostChanged>().Any(fact => fact.To == programs.Host));
    }

    [Fact]
    public async Task a_floating_ip_that_was_moved_away_is_told_by_the_log_with_what_its_instance_has_now()
    {
        await ListenAsync(typeof(FloatingIpDisassociated), typeof(HostNetworkConfigured));
        var (state, floating) = await AssociatedAsync();

        var left = await Instances.DisassociateAsync(new DisassociateFloating(state.InstanceId, floating, null, DateTimeOffset.UtcNow), Origin, Stop);
        await ConfiguredAsync(left.State!);

        await Eventually.HoldsAsync("it is told", () => Told<FloatingIpDisassociated>().Contains(Left(state, floating)));
        await Eventually.HoldsAsync("what the instance has now is told", () => Told<HostNetworkConfigured>().Any(fact =>
            fact.InstanceId == state.InstanceId && fact.Generation == left.State!.Generation && fact.Vifs[0].FloatingIps.Count == 0));
    }

    [Fact]
    public async Task one_that_goes_with_its_fixed_ip_or_with_its_instance_is_told_and_one_that_never_came_is_not()
    {
        await ListenAsync(typeof(FloatingIpDisassociated));
        var (never, none) = await AssociatedAsync(isConfigured: false);
        await ConfiguredAsync((await Instances.WithdrawnFloatingAsync(never.InstanceId, never.Generation, DateTimeOffset.UtcNow, Origin, Stop)).State!);
        var (losing, first) = await AssociatedAsync();
        var removed = await Instances.RemoveFixedIpAsync(new RemoveFixedIp(losing.InstanceId, programs.Host, losing.Ports[0].Address.ToString(), "removal", DateTimeOffset.UtcNow), Origin, Stop);
        await ConfiguredAsync(removed.State!);
        var (deleted, second) = await AssociatedAsync();
        await Instances.DeleteAsync(deleted.InstanceId, DateTimeOffset.UtcNow, Origin, Stop);
        await Instances.ReleasedAsync(deleted.InstanceId, true, DateTimeOffset.UtcNow, Origin, Stop);

        await Eventually.HoldsAsync("both are told", () => Told<FloatingIpDisassociated>().Contains(Left(losing, first)) && Told<FloatingIpDisassociated>().Contains(Left(deleted, second)));
        Assert.DoesNotContain(Told<FloatingIpDisassociated>(), fact => fact.InstanceId == never.InstanceId);
        Assert.NotEqual(default, none);
    }

    [Fact]
    public async Task a_move_of_a_floating_ip_is_told_in_full_by_a_worker_that_is_killed_when_it_has_recorded()
    {
        const int kills = 3;
        var host = $"{programs.Host}-{name}";
        await programs.StartWorkerAsync(host);
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        Guid[] vms = [await VmAsync(asking, host), await VmAsync(asking, host)];
        var floating = (await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(vms[0], name, Pool: name), host)).FloatingIp;
        await ListenAsync(typeof(FloatingIpAssociated), typeof(FloatingIpDisassociated), typeof(HostNetworkConfigured));
        await using var log = await CommitsAsync();

        for (var kill = 0; kill < kills; kill++)
        {
            var (from, to) = (vms[kill % 2], vms[(kill + 1) % 2]);
            listener.Inbox.Clear();
            await compute.PublishAsync(
                Wire.ComputeEvents[typeof(FloatingAssociate)], host, JsonSerializer.Serialize(new FloatingAssociate(to, name, floating), JsonSerializerOptions.Web));
            await log.WaitAsync(Stop); // it is recorded that the floating IP has left its instance
            await programs.KillWorkerAsync(host);
            await programs.StartWorkerAsync(host);

            await Eventually.HoldsAsync("it is told that it leads to its new instance", () => Told<FloatingIpAssociated>().Any(fact => fact.InstanceId == to));
            await Eventually.HoldsAsync("it is told that it has left the other", () => Told<FloatingIpDisassociated>().Any(fact => fact.InstanceId == from));
            await Eventually.HoldsAsync("it is told what the other has now", () => Told<HostNetworkConfigured>().Any(fact => fact.InstanceId == from && fact.Vifs[0].FloatingIps.Count == 0));
        }
    }

    private Origin Origin => new("message", "correlation", programs.Host, null);

    private FloatingIpDisassociated Left(InstanceNetwork instance, Ipv4 floating) => new(floating.ToString(), instance.Ports[0].Address.ToString(), instance.InstanceId, programs.Host);

    private async Task ListenAsync(params Type[] facts)
    {
        foreach (var fact in facts)
        {
            await listener.BindAsync(Wire.Facts[fact], "#");
        }
    }

    private IEnumerable<TFact> Told<TFact>() =>
        listener.Inbox.Where(message => message.Exchange == Wire.Facts[typeof(TFact)]).Select(message => JsonSerializer.Deserialize<TFact>(message.Body, JsonSerializerOptions.Web)!);

    private async Task<InstanceNetwork> SpawnAsync()
    {
        var command = new Spawn(Guid.NewGuid(), name, programs.Host, "vm", [new NetworkRequest(name, null, null)], Guid.NewGuid(), DateTimeOffset.UtcNow);
        return await ConfiguredAsync((await Instances.SpawnAsync(command, Origin, Stop)).State!);
    }

    private async Task<(InstanceNetwork State, Ipv4 Floating)> AssociatedAsync(bool isConfigured = true)
    {
        var instance = await SpawnAsync();
        var outcome = await Instances.AssociateAsync(new AssociateFloating(instance.InstanceId, name, null, name, null, -1, DateTimeOffset.UtcNow), Origin, Stop);
        Assert.Null(outcome.Refusal);
        return (isConfigured ? await ConfiguredAsync(outcome.State!) : outcome.State!, outcome.Floating!.Value);
    }

    private async Task<InstanceNetwork> ConfiguredAsync(InstanceNetwork state) =>
        (await Instances.ConfiguredAsync(state.InstanceId, state.Generation, true, DateTimeOffset.UtcNow, Origin, Stop)).State!;

    private Task SeeAsync(IEnumerable<Port> nics, DateTimeOffset? expires) => recording.GetRequiredService<FixedIpLedger>().LeasesSeenAsync(
        [.. nics.Select(nic => new LeaseSeen(nic.Address, nic.Mac, programs.Host, expires, DateTimeOffset.UtcNow))], Stop);

    private async Task<Guid> VmAsync(AskingForFacts asking, string host) =>
        (await asking.AskAsync<HostNetworkConfigured>(new InstanceSpawning(Guid.NewGuid(), name, host, "vm", [new RequestedNetwork(name)]), host)).InstanceId;

    /// <summary>A connection that hears of each commit with something to tell.</summary>
    private async Task<NpgsqlConnection> CommitsAsync()
    {
        var connection = new NpgsqlConnection(programs.Postgres);
        await connection.OpenAsync(Stop);
        await using var listen = new NpgsqlCommand("listen novanet_facts", connection);
        await listen.ExecuteNonQueryAsync(Stop);
        return connection;
    }
}

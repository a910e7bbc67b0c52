using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using Xunit;

namespace NovaNetBus.Integration.Tests;

/// <summary>Compute hosts on which no worker runs, beside network hosts of two networks, through the published programs.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class hosts_without_a_worker(RunningPrograms programs) : IAsyncLifetime
{
    private const string Project = "bare";
    private static bool isPrepared;
    private ComputeService compute = null!;
    private AskingForFacts asking = null!;

    private string Second => programs.Host + "-s";

    private string Bare => programs.Host + "-bare";

    public async ValueTask InitializeAsync()
    {
        compute = await ComputeService.ConnectAsync();
        asking = new AskingForFacts(compute);
        if (!isPrepared)
        {
            isPrepared = true;
            await programs.StartWorkerAsync(Second);
            await programs.NovanetAsync("network", "create", "bare-1", "--fixed-range-v4", "10.96.0.0/24", "--multi-host", "false", "--bridge", "br196", "--project", Project);
            await programs.NovanetAsync("network", "create", "bare-2", "--fixed-range-v4", "10.97.0.0/24", "--multi-host", "false", "--bridge", "br197", "--project", Project);
            await programs.NovanetAsync("network", "create", "bare-own", "--fixed-range-v4", "10.98.0.0/24", "--multi-host", "true", "--bridge", "br198", "--project", Project);
            await programs.NovanetAsync("floating", "create", "--ip-range", "198.18.252.0/28", "--pool", Project);
            await ServeAsync("bare-1", programs.Host);
            await ServeAsync("bare-2", Second);
        }
    }

    public ValueTask DisposeAsync() => compute.DisposeAsync();

    [Fact]
    public async Task an_instance_there_is_told_once_by_the_last_network_host_that_is_ready_and_ends_likewise()
    {
        var configured = await SpawnAsync("bare-1", "bare-2");

        Assert.Equal((Bare, programs.Host, 2), (configured.Host, configured.NetworkHost, configured.Vifs.Count));
        Assert.Equal(["instance-host-ready", "instance-network-configured"], (await EventsAsync(configured.InstanceId)).Where(type => type is "instance-host-ready" or "instance-network-configured"));
        using var shown = JsonDocument.Parse(await programs.NovanetAsync("instance", "show", configured.InstanceId.ToString(), "--output", "json"));
        using var listed = JsonDocument.Parse(await programs.NovanetAsync("instance", "list", "--output", "json"));
        var row = listed.RootElement.EnumerateArray().Single(one => one.GetProperty("instanceId").GetGuid() == configured.InstanceId);
        Assert.All([shown.RootElement, row], one => Assert.Equal(programs.Host, one.GetProperty("configured").GetProperty("networkHost").GetString()));
        Assert.DoesNotContain($"\"{Bare}\"", await programs.NovanetAsync("host", "list", "--output", "json"), StringComparison.Ordinal);
        var released = await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(configured.InstanceId, Bare), Bare);
        Assert.Equal((Bare, 2), (released.Host, released.Addresses.Count));
        Assert.Equal(released.Addresses, (await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(configured.InstanceId, Bare), Bare)).Addresses);
    }

    [Fact]
    public async Task what_is_published_right_behind_a_spawning_comes_after_it()
    {
        for (var round = 0; round < 10; round++)
        {
            var spawning = Spawning(Guid.NewGuid(), Bare, "bare-2", "bare-1");
            await compute.PublishAsync("novanet.instance-spawning", Bare, JsonSerializer.Serialize(spawning, JsonSerializerOptions.Web), _ => { });
            Assert.Equal(2, (await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(spawning.InstanceId, Bare), Bare)).Addresses.Count);
        }
    }

    [Fact]
    public async Task fixed_and_floating_ips_come_and_go()
    {
        var configured = await SpawnAsync("bare-1");
        var id = configured.InstanceId;

        var more = await asking.AskAsync<HostNetworkConfigured>(new FixedIpAdd(id, "bare-2"), Bare);
        Assert.Equal((2, configured.Generation + 1), (more.Vifs.Count, more.Generation));
        var associated = await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(id, Project, Pool: Project, FixedIp: more.Vifs[1].Address));
        Assert.Equal((more.Vifs[1].Address, Bare), (associated.FixedIp, associated.Host));
        Assert.Equal(associated.FloatingIp, (await asking.AskAsync<FloatingIpDisassociated>(new FloatingDisassociate(associated.FloatingIp, Project))).FloatingIp);
        var floating = JsonDocument.Parse(await programs.NovanetAsync("floating", "allocate", "--project", Project, "--pool", Project, "--output", "json")).RootElement.GetProperty("address").GetString()!;
        await programs.NovanetAsync("floating", "associate", floating, "--instance", id.ToString());
        await programs.NovanetAsync("floating", "disassociate", floating);
        Assert.Single((await asking.AskAsync<HostNetworkConfigured>(new FixedIpRemove(id, more.Vifs[1].Address), Bare)).Vifs);
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(id));
    }

    [Fact]
    public async Task instances_move_there_and_back_and_from_one_to_another()
    {
        var before = await SpawnAtAsync(Second, "bare-1");
        var there = await MoveAsync(before.InstanceId, Second, Bare, announced: true);
        Assert.Equal((Bare, programs.Host, before.Vifs[0].Address), (there.Host, there.NetworkHost, there.Vifs[0].Address));
        var further = await MoveAsync(before.InstanceId, Bare, Bare + "-2", announced: false);
        Assert.Equal((Bare + "-2", there.Generation + 2), (further.Host, further.Generation));
        var back = await MoveAsync(before.InstanceId, Bare + "-2", Second, announced: false);
        Assert.Equal((Second, before.Vifs[0].Address), (back.Host, back.Vifs[0].Address));
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(before.InstanceId, Second), Second);
    }

    [Fact]
    public async Task a_network_that_moves_to_another_host_takes_its_instances_there_along()
    {
        var configured = await SpawnAsync("bare-1");
        await ServeAsync("bare-1", Second);

        var again = await asking.AskAsync<HostNetworkConfigured>(Spawning(configured.InstanceId, Bare, "bare-1"), Bare);
        Assert.Equal((Second, configured.Vifs[0].Address), (again.NetworkHost, again.Vifs[0].Address));
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(configured.InstanceId, Bare), Bare);
        await ServeAsync("bare-1", programs.Host);
    }

    [Fact]
    public async Task what_comes_while_the_network_host_is_dead_is_configured_by_the_one_that_takes_over()
    {
        var dying = programs.Host + "-dying";
        await programs.StartWorkerAsync(dying);
        await programs.NovanetAsync("network", "create", "bare-3", "--fixed-range-v4", "10.99.0.0/24", "--multi-host", "false", "--bridge", "br199", "--project", Project);
        await ServeAsync("bare-3", dying);
        var before = await SpawnAsync("bare-3");
        await programs.KillWorkerAsync(dying);

        var meanwhile = Spawning(Guid.NewGuid(), Bare, "bare-3");
        await compute.PublishAsync("novanet.instance-spawning", Bare, JsonSerializer.Serialize(meanwhile, JsonSerializerOptions.Web), properties => properties.ReplyTo = compute.Queue);
        await Eventually.HoldsAsync("the fact comes", () => !compute.Inbox.IsEmpty, TimeSpan.FromSeconds(90));
        var configured = JsonSerializer.Deserialize<HostNetworkConfigured>((await compute.NextAsync()).Body, JsonSerializerOptions.Web)!;
        Assert.Equal((meanwhile.InstanceId, Bare), (configured.InstanceId, configured.Host));
        Assert.DoesNotContain(configured.NetworkHost, (string[])[dying, Bare]);
        Assert.Equal(configured.NetworkHost, (await asking.AskAsync<HostNetworkConfigured>(Spawning(before.InstanceId, Bare, "bare-3"), Bare)).NetworkHost);
        foreach (var instance in (Guid[])[before.InstanceId, meanwhile.InstanceId])
        {
            await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(instance, Bare), Bare);
        }
    }

    [Fact]
    public async Task networks_with_multi_host_want_a_worker_there()
    {
        Assert.Equal("host-not-found", await asking.RefusedAsync(Spawning(Guid.NewGuid(), Bare, "bare-1", "bare-own"), Bare));
        var here = await SpawnAtAsync(Second, "bare-own");
        Assert.Equal("host-not-found", await asking.RefusedAsync(new InstanceMigrated(here.InstanceId, Second, Bare), Bare));
        Assert.Equal("host-not-found", await asking.RefusedAsync(new InstanceMigrating(here.InstanceId, Second, Bare), Second));
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(here.InstanceId, Second), Second);
    }

    [Fact]
    public async Task a_worker_that_starts_there_later_has_the_instances_that_are_there()
    {
        var late = programs.Host + "-late";
        var configured = await SpawnAtAsync(late, "bare-1");
        await programs.StartWorkerAsync(late);

        await Eventually.HoldsAsync("the worker has its instance", async () => (await EventsAsync(configured.InstanceId)).Contains("instance-attended"));
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(configured.InstanceId, late), late);
        Assert.Equal(["instance-host-ready", "instance-network-released"], (await EventsAsync(configured.InstanceId)).TakeLast(2));
    }

    private async Task<HostNetworkConfigured> MoveAsync(Guid id, string from, string to, bool announced)
    {
        if (announced)
        {
            await compute.PublishAsync("novanet.instance-migrating", from, $$"""{"instanceId":"{{id}}","sourceHost":"{{from}}","destinationHost":"{{to}}"}""", _ => { });
        }

        return await asking.AskAsync<HostNetworkConfigured>(new InstanceMigrated(id, from, to), to);
    }

    private async Task ServeAsync(string network, string host)
    {
        await programs.NovanetAsync("network", "modify", network, "--host", host);
        await Eventually.HoldsAsync($"{host} serves {network}", async () =>
        {
            using var shown = JsonDocument.Parse(await programs.NovanetAsync("network", "show", network, "--output", "json"));
            return shown.RootElement.TryGetProperty("host", out var serves) && serves.GetString() == host;
        });
    }

    private async Task<IEnumerable<string>> EventsAsync(Guid instance)
    {
        using var events = JsonDocument.Parse(await programs.NovanetAsync("events", "list", "--instance", instance.ToString(), "--output", "json"));
        return [.. events.RootElement.EnumerateArray().Where(row => row.GetProperty("stream").GetString()!.StartsWith("instance-", StringComparison.Ordinal)).Select(row => row.GetProperty("type").GetString()!)];
    }

    private Task<HostNetworkConfigured> SpawnAsync(params string[] networks) => SpawnAtAsync(Bare, networks);

    private Task<HostNetworkConfigured> SpawnAtAsync(string host, params string[] networks) =>
        asking.AskAsync<HostNetworkConfigured>(Spawning(Guid.NewGuid(), host, networks), host);

    private static InstanceSpawning Spawning(Guid id, string host, params string[] networks) =>
        new(id, Project, host, "vm", [.. networks.Select(network => new RequestedNetwork(network))]);
}

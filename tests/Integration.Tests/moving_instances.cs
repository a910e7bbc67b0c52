using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using Xunit;

namespace NovaNetBus.Integration.Tests;

/// <summary>An instance goes from the host of one worker to that of another, through the published programs.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class moving_instances(RunningPrograms programs) : IAsyncLifetime
{
    private const string Project = "moving", Pool = "moving";
    private static bool isPrepared;
    private ComputeService compute = null!;
    private AskingForFacts asking = null!;

    private string Destination => programs.Host + "-m";

    public async ValueTask InitializeAsync()
    {
        compute = await ComputeService.ConnectAsync();
        asking = new AskingForFacts(compute);
        if (!isPrepared)
        {
            isPrepared = true;
            await programs.NovanetAsync("network", "create", "moving", "--fixed-range-v4", "10.89.0.0/24", "--multi-host", "true", "--project", Project);
            await programs.NovanetAsync("floating", "create", "--ip-range", "198.18.250.0/28", "--pool", Pool);
            await programs.StartWorkerAsync(Destination);
        }
    }

    public ValueTask DisposeAsync() => compute.DisposeAsync();

    [Fact]
    public async Task it_arrives_with_its_addresses_after_its_old_host_has_let_go()
    {
        var (before, floating) = await SpawnedAsync();
        var moving = new InstanceMigrating(before.InstanceId, programs.Host, Destination);
        await compute.PublishAsync(Wire.ComputeEvents[typeof(InstanceMigrating)], programs.Host, System.Text.Json.JsonSerializer.Serialize(moving, System.Text.Json.JsonSerializerOptions.Web));

        var after = await MovedAsync(before, programs.Host, Destination);

        Assert.Equal((before.Vifs[0].Address, before.Vifs[0].MacAddress, floating), (after.Vifs[0].Address, after.Vifs[0].MacAddress, after.Vifs[0].FloatingIps.Single()));
        Assert.Equal((Destination, before.Generation + 3), (after.Host, after.Generation));
        Assert.Equal(after, await MovedAsync(before, programs.Host, Destination), Same);
        Assert.Equal([before.Vifs[0].Address], (await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(before.InstanceId))).Addresses);
    }

    [Fact]
    public async Task a_migrated_that_comes_alone_has_the_old_host_let_go_first_and_back_again()
    {
        var (before, floating) = await SpawnedAsync();

        foreach (var (from, to) in new[] { (programs.Host, Destination), (Destination, programs.Host), (programs.Host, Destination) })
        {
            var after = await MovedAsync(before, from, to);
            Assert.Equal((to, before.Vifs[0].Address, floating), (after.Host, after.Vifs[0].Address, after.Vifs[0].FloatingIps.Single()));
        }

        var moved = await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(before.InstanceId, Project, floating), programs.Host);
        Assert.Equal(Destination, moved.Host);
    }

    [Fact]
    public async Task what_cannot_move_is_refused()
    {
        var (before, _) = await SpawnedAsync();

        Assert.Equal("instance-not-found", await asking.RefusedAsync(new InstanceMigrated(Guid.NewGuid(), programs.Host, Destination), Destination));
        Assert.Equal("host-not-found", await asking.RefusedAsync(new InstanceMigrated(before.InstanceId, programs.Host, "no-such-host"), "no-such-host"));
        Assert.Equal("invalid-message", await asking.RefusedAsync(new InstanceMigrating(before.InstanceId, Destination, "elsewhere"), Destination));
    }

    private static bool Same(HostNetworkConfigured left, HostNetworkConfigured right) =>
        (left.Host, left.Generation, left.ConfiguredAt, left.Vifs[0].Address) == (right.Host, right.Generation, right.ConfiguredAt, right.Vifs[0].Address);

    private async Task<(HostNetworkConfigured Configured, string Floating)> SpawnedAsync()
    {
        var configured = await asking.AskAsync<HostNetworkConfigured>(
            new InstanceSpawning(Guid.NewGuid(), Project, programs.Host, "vm", [new RequestedNetwork("moving")]), programs.Host);
        var associated = await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(configured.InstanceId, Project, Pool: Pool));
        return (configured, associated.FloatingIp);
    }

    private Task<HostNetworkConfigured> MovedAsync(HostNetworkConfigured instance, string from, string to) =>
        asking.AskAsync<HostNetworkConfigured>(new InstanceMigrated(instance.InstanceId, from, to), to);
}

using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using Xunit;

namespace NovaNetBus.Integration.Tests;

/// <summary>A network that one host serves for all, through the published programs: workers of two hosts, and instances of both.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class one_host_for_a_network(RunningPrograms programs) : IAsyncLifetime
{
    private const string Project = "single";
    private static bool isPrepared;
    private ComputeService compute = null!;
    private AskingForFacts asking = null!;

    private string Other => programs.Host + "-o";

    public async ValueTask InitializeAsync()
    {
        compute = await ComputeService.ConnectAsync();
        asking = new AskingForFacts(compute);
        if (!isPrepared)
        {
            isPrepared = true;
            await programs.StartWorkerAsync(Other);
            await programs.NovanetAsync("network", "create", "single", "--fixed-range-v4", "10.90.0.0/24", "--multi-host", "false", "--project", Project);
            await programs.NovanetAsync("network", "create", "own", "--fixed-range-v4", "10.91.0.0/24", "--multi-host", "true", "--bridge", "br191", "--project", Project);
            await programs.NovanetAsync("floating", "create", "--ip-range", "198.18.251.0/28", "--pool", Project);
        }
    }

    public ValueTask DisposeAsync() => compute.DisposeAsync();

    [Fact]
    public async Task an_instance_of_another_host_is_told_once_both_are_ready_and_released_once_both_have_let_go()
    {
        await ServeByAsync(programs.Host);
        var configured = await SpawnAsync(Other, "single", "own");

        Assert.Equal((Other, programs.Host), (configured.Host, configured.NetworkHost));
        Assert.Equal("10.90.0.1", configured.Vifs[0].Gateway);
        Assert.Equal(["instance-host-ready", "instance-network-configured"], (await EventsAsync(configured.InstanceId)).Where(type => type is "instance-host-ready" or "instance-network-configured"));
        Assert.Equal(configured.Vifs.Select(vif => vif.Address), (await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(configured.InstanceId, Other), Other)).Addresses);
    }

    [Fact]
    public async Task floating_ips_of_such_an_instance_come_and_go()
    {
        await ServeByAsync(programs.Host);
        var configured = await SpawnAsync(Other, "single");

        var associated = await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(configured.InstanceId, Project, Pool: Project));
        Assert.Equal(configured.Vifs[0].Address, associated.FixedIp);
        Assert.Equal(associated.FloatingIp, (await asking.AskAsync<FloatingIpDisassociated>(new FloatingDisassociate(associated.FloatingIp, Project))).FloatingIp);
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(configured.InstanceId, Other), Other);
    }

    [Fact]
    public async Task a_drained_host_gives_its_networks_over()
    {
        var drained = programs.Host + "-drained"; // until its worker starts anew, so that it is no other test's
        await programs.StartWorkerAsync(drained);
        await ServeByAsync(drained);
        using var moved = JsonDocument.Parse(await programs.NovanetAsync("host", "drain", drained, "--output", "json"));
        Assert.All(moved.RootElement.EnumerateArray(), row => Assert.Equal(drained, row.GetProperty("from").GetString()));
        await Eventually.HoldsAsync("another host serves the network", async () => await HostAsync() != drained);
    }

    private async Task ServeByAsync(string host)
    {
        await programs.NovanetAsync("network", "modify", "single", "--host", host);
        await Eventually.HoldsAsync($"{host} serves the network", async () => await HostAsync() == host);
    }

    private async Task<string?> HostAsync()
    {
        using var network = JsonDocument.Parse(await programs.NovanetAsync("network", "show", "single", "--output", "json"));
        return network.RootElement.TryGetProperty("host", out var host) ? host.GetString() : null;
    }

    private async Task<IEnumerable<string>> EventsAsync(Guid instance)
    {
        using var events = JsonDocument.Parse(await programs.NovanetAsync("events", "list", "--instance", instance.ToString(), "--output", "json"));
        return [.. events.RootElement.EnumerateArray().Select(row => row.GetProperty("type").GetString()!)];
    }

    private Task<HostNetworkConfigured> SpawnAsync(string host, params string[] networks) => asking.AskAsync<HostNetworkConfigured>(
        new InstanceSpawning(Guid.NewGuid(), Project, host, "vm", [.. networks.Select(network => new RequestedNetwork(network))]), host);
}

using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>The published worker with use_ipv6 and allow_same_net_traffic, on two hosts.</summary>
[Collection(nameof(PublishedHosts))]
public sealed class running_ipv6
{
    private static readonly string[] Options = ["--use-ipv6=true", "--multi-host=true", "--flat-interface=eth1", "--public-interface=eth0"];
    private readonly List<Guid> instances = [];

    [Fact]
    public async Task instances_have_the_address_of_their_fact_until_they_are_deleted_and_are_kept_apart_when_asked_for()
    {
        await using var world = await PublishedHosts.StartAsync(["six-a", "six-b"], Options);
        await world.StartWorkersAsync(Options);
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        await world.NovanetAsync("network", "create", "six", "--fixed-range-v4", "10.77.0.0/24", "--fixed-range-v6", "fd00:77::/64");
        var (first, second) = (await SpawnAsync(world, asking, 0), await SpawnAsync(world, asking, 1));

        Assert.Equal($"{first.Vif.AddressV6}/64", OwnAddresses.Await(first.Namespace));
        Assert.Equal($"{second.Vif.AddressV6}/64", OwnAddresses.Await(second.Namespace));
        Assert.True(Pinging.Reaches(first.Namespace, second.Vif.AddressV6!));
        Assert.True(Pinging.Reaches(first.Namespace, first.Vif.GatewayV6!));

        await world[1].Worker.KillAsync();
        world.StartWorker(world[1], [.. Options, "--allow-same-net-traffic=false"]);
        Assert.True(SpinWait.SpinUntil(() => !Pinging.Reaches(first.Namespace, second.Vif.AddressV6!), TimeSpan.FromSeconds(30)));
        Assert.True(Pinging.Reaches(second.Namespace, second.Vif.GatewayV6!));

        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(instances[0]), world[0].Name);
        Assert.False(Pinging.Reaches(first.Namespace, first.Vif.GatewayV6!));
    }

    private async Task<PublishedVm> SpawnAsync(PublishedHosts world, AskingForFacts asking, int host)
    {
        var spawning = new InstanceSpawning(Guid.NewGuid(), "p", world[host].Name, "vm");
        instances.Add(spawning.InstanceId);
        return world.Plug(world[host], Assert.Single((await asking.AskAsync<HostNetworkConfigured>(spawning, world[host].Name)).Vifs));
    }
}

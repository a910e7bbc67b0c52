using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>A compute host on which no worker runs: the compute service makes bridge and port by itself, as host-network-configured says; another host serves the network.</summary>
[Collection(nameof(PublishedHosts))]
public sealed class plugging_without_a_worker
{
    private const string Project = "red";
    private static readonly string[] Options = ["--multi-host=false", "--flat-interface=eth1", "--public-interface=eth0"];

    [Fact]
    public async Task a_vm_there_has_dhcp_gateway_metadata_and_a_floating_ip_and_is_guarded_once_a_worker_comes()
    {
        await using var world = await PublishedHosts.StartAsync(["net", "bare"], "--multi-host=false");
        var (net, bare) = (world[0], world[1]);
        world.StartWorker(net, Options);
        await world.AwaitWorkersAsync(net);
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        await world.NovanetAsync("network", "create", "one", "--fixed-range-v4", "10.75.0.0/24", "--project", Project);
        await world.AwaitHostAsync("one", host => host == net.Name);
        await world.NovanetAsync("floating", "create", "--ip-range", "198.51.100.144/28");

        var configured = await asking.AskAsync<HostNetworkConfigured>(
            new InstanceSpawning(Guid.NewGuid(), Project, bare.Name, "vm", [new RequestedNetwork("one")]), bare.Name);
        Assert.Equal((bare.Name, net.Name), (configured.Host, configured.NetworkHost));
        bare.Namespace.Ip($"link add {configured.Vifs[0].Bridge} type bridge");
        bare.Namespace.Ip($"link set eth1 master {configured.Vifs[0].Bridge}");
        bare.Namespace.Ip($"link set {configured.Vifs[0].Bridge} up");
        var vm = world.Plug(bare, configured.Vifs[0]);
        await vm.LeaseAsync();
        var floating = (await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(configured.InstanceId, Project))).FloatingIp;
        Assert.True(Pinging.Reaches(vm.Namespace, PublicSegment.Outsider));
        Assert.True(Pinging.Reaches(world.Public.Outside, floating));
        Assert.Equal((200, configured.Vifs[0].Address), TestMetadata.Ask(vm.Namespace, "/latest/meta-data/local-ipv4"));
        Assert.DoesNotContain("novanetbus", bare.Namespace.Execute("nft", "list", "tables"), StringComparison.Ordinal);

        world.StartWorker(bare, Options);
        await Eventually.HoldsAsync("the worker guards the port that is there", () => bare.Namespace.Execute("nft", "list", "tables").Contains("bridge novanetbus", StringComparison.Ordinal)
            && bare.Namespace.Execute("nft", "list", "table", "bridge", "novanetbus").Contains(configured.Vifs[0].PortName, StringComparison.Ordinal));
        Assert.True(Pinging.Reaches(vm.Namespace, PublicSegment.Outsider));
        await vm.LeaseAsync();
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(configured.InstanceId, bare.Name), bare.Name);
        Assert.False(net.Has(floating));
    }
}

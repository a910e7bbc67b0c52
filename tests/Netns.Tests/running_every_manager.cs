using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Kernel;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>The published worker with each network_manager, on a host of its own.</summary>
[Collection(nameof(PublishedHosts))]
public sealed class running_every_manager : IDisposable
{
    private const string Project = "red";

    private readonly string conf = Path.GetTempFileName();

    public void Dispose() => File.Delete(conf);

    [Fact]
    public async Task with_FlatManager_an_instance_gets_addresses_and_its_host_is_left_as_it_is()
    {
        File.WriteAllText(conf, "[DEFAULT]\nnetwork_manager = nova.network.manager.FlatManager\nflat_injected = True\nflat_network_bridge = br100\nflat_interface = eth1\n");
        string[] options = ["--config-file", conf];
        await using var world = await PublishedHosts.StartAsync(["flat"], options);
        var before = ImageOf(world[0]);
        await world.StartWorkersAsync(options);
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        await world.NovanetAsync("network", "create", "flat", "--fixed-range-v4", "10.73.0.0/24", "--dns1", "192.0.2.53");

        var configured = await asking.AskAsync<HostNetworkConfigured>(Spawning(world[0], "flat"), world[0].Name);

        var vif = Assert.Single(configured.Vifs);
        Assert.Equal((true, null, "br100"), (vif.Injected, vif.DhcpServer, vif.Bridge));
        Assert.Contains("iface eth0 inet static", configured.InterfacesFile, StringComparison.Ordinal);
        Assert.Contains($"address {vif.Address}", configured.InterfacesFile, StringComparison.Ordinal);
        Assert.Equal(before, ImageOf(world[0]));
        Assert.Equal("allocated", await StateOfAsync(world, vif.Address));

        Assert.Equal([vif.Address], (await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(configured.InstanceId), world[0].Name)).Addresses);
        Assert.Equal("free", await StateOfAsync(world, vif.Address));
        Assert.Equal(before, ImageOf(world[0]));
    }

    /// <summary>Where the kernel has no 802.1Q, that is said, and nothing is lost; tests/Guest.Tests have one that has.</summary>
    [Fact]
    public async Task with_VlanManager_a_project_gets_its_own_network_or_the_reason_why_its_host_cannot()
    {
        File.WriteAllText(conf, "[DEFAULT]\nnetwork_manager = nova.network.manager.VlanManager\nvlan_interface = eth1\nvlan_start = 300\npublic_interface = eth0\n");
        string[] options = ["--config-file", conf];
        await using var world = await PublishedHosts.StartAsync(["vlan"], options);
        await world.StartWorkersAsync(options);
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        await world.NovanetAsync("network", "create", "vlans", "--fixed-range-v4", "10.74.0.0/23", "--num-networks", "2", "--network-size", "256", "--multi-host", "true");
        var spawning = Spawning(world[0]);

        if (HasVlans(world[0]))
        {
            var configured = await asking.AskAsync<HostNetworkConfigured>(spawning, world[0].Name);
            Assert.Equal((300, "br300"), (configured.Vifs[0].Vlan, configured.Vifs[0].Bridge));
            Assert.Contains("master br300", world[0].Namespace.Ip("link show vlan300"), StringComparison.Ordinal);
        }
        else
        {
            var failed = await asking.AskAsync<InstanceNetworkFailed>(spawning, world[0].Name);
            Assert.Equal((ErrorCodes.HostConfigurationFailed, true), (failed.Code, failed.Retryable));
            Assert.Contains("802.1Q", failed.Message, StringComparison.Ordinal);
        }

        // The project keeps its network, and the instance its chance; a deletion leaves nothing behind.
        var networks = (await world.NovanetAsync("network", "list")).EnumerateArray().ToList();
        Assert.Equal([300, 301], networks.Select(network => network.GetProperty("vlan").GetInt32()));
        Assert.Equal(Project, networks[0].GetProperty("projectId").GetString());
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(spawning.InstanceId), world[0].Name);
        Assert.DoesNotContain(
            (await world.NovanetAsync("fixed", "list")).EnumerateArray(), row => row.GetProperty("state").GetString() is "allocated" or "deallocated" && row.TryGetProperty("instanceId", out var id) && id.ValueKind != JsonValueKind.Null);
    }

    /// <summary>As after a start of the machine, with a network whose NIC carries the host's own address: the incident of nova-network, and not a reason to serve nobody.</summary>
    [Fact]
    public async Task a_network_whose_nic_cannot_be_taken_keeps_no_other_from_its_gateway()
    {
        string[] options = ["--multi-host=false", "--flat-interface=eth1", "--public-interface=eth0"];
        await using var world = await PublishedHosts.StartAsync(["gate", "place"], options);
        var (gate, place) = (world[0], world[1]);
        world.StartWorker(gate, options);
        await world.AwaitWorkersAsync(gate);
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        await world.NovanetAsync("network", "create", "bad", "--fixed-range-v4", "10.75.0.0/24", "--bridge", "br0", "--bridge-interface", "eth0");
        await world.NovanetAsync("network", "create", "good", "--fixed-range-v4", "10.76.0.0/24");
        world.StartWorker(place, options);
        await world.AwaitWorkersAsync(place);
        var vm = world.Plug(place, (await asking.AskAsync<HostNetworkConfigured>(Spawning(place, "good"), place.Name)).Vifs[0]);
        Assert.Equal(ErrorCodes.InterfaceCarriesAddresses, await asking.RefusedAsync(Spawning(gate, "bad"), gate.Name));

        await gate.Worker.KillAsync();
        gate.Namespace.Execute("nft", "flush", "ruleset");
        gate.Namespace.Ip("link delete br100");
        gate.Namespace.Ip("link delete br0");
        world.StartWorker(gate, options);

        await vm.LeaseAsync();
        Assert.True(Pinging.Reaches(vm.Namespace, PublicSegment.Outsider));
        Assert.DoesNotContain("master", gate.Namespace.Ip("link show eth0"), StringComparison.Ordinal);
        Assert.True(gate.Has(gate.Address));
    }

    private static InstanceSpawning Spawning(PublishedHost host, params string[] networks) =>
        new(Guid.NewGuid(), Project, host.Name, "vm", [.. networks.Select(network => new RequestedNetwork(network))]);

    /// <summary>Links, addresses, routes and rules.</summary>
    private static string ImageOf(PublishedHost host) =>
        host.Namespace.Ip("-d link") + host.Namespace.Ip("-4 addr") + host.Namespace.Ip("route") + host.Namespace.Execute("nft", "list", "ruleset") + host.Namespace.Execute("sysctl", "net.ipv4.ip_forward");

    private static async Task<string?> StateOfAsync(PublishedHosts world, string address) =>
        (await world.NovanetAsync("fixed", "list")).EnumerateArray().First(row => row.GetProperty("address").GetString() == address).GetProperty("state").GetString();

    private static bool HasVlans(PublishedHost host) =>
        host.Namespace.Run(() => Commands.Run("ip", ["link", "add", "link", "eth1", "name", "probe", "type", "vlan", "id", "9"], TimeSpan.FromSeconds(10)).ExitCode == 0)
        && host.Namespace.Ip("link delete probe") is not null;
}

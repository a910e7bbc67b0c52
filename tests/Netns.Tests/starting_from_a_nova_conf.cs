using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>The options that the founding document names, in the nova.conf of a published scheduler and worker; those of VLANs and of FlatManager are with <see cref="running_every_manager"/>.</summary>
[Collection(nameof(PublishedHosts))]
public sealed class starting_from_a_nova_conf : IDisposable
{
    private const string Project = "red";

    private readonly string conf = Path.GetTempFileName();

    public void Dispose() => File.Delete(conf);

    [Fact]
    public async Task every_option_does_what_the_document_says()
    {
        File.WriteAllText(conf, """
            [DEFAULT]
            sql_connection = mysql://nova:secret@127.0.0.1/nova
            network_manager = nova.network.manager.FlatDHCPManager
            fixed_range = 10.80.0.0/12
            floating_range = 198.51.100.128/28
            force_dhcp_release = True
            my_ip = 198.51.100.1
            multi_host = True
            public_interface = eth0
            flat_network_bridge = br77
            flat_interface = eth1
            """);
        await using var world = await PublishedHosts.StartAsync(["conf"], "--config-file", conf);
        await world.StartWorkersAsync("--config-file", conf);
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);

        // fixed_range, multi_host, flat_network_bridge: of new networks. floating_range: the pool is there.
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => world.NovanetAsync("network", "create", "out", "--fixed-range-v4", "10.200.0.0/24"));
        Assert.Contains(ErrorCodes.AddressOutOfRange, refusal.Message, StringComparison.Ordinal);
        var network = Assert.Single((await world.NovanetAsync("network", "create", "net", "--fixed-range-v4", "10.81.0.0/24")).EnumerateArray());
        Assert.Equal((true, "br77"), (network.GetProperty("multiHost").GetBoolean(), network.GetProperty("bridge").GetString()));
        Assert.Contains((await world.NovanetAsync("floating", "list")).EnumerateArray(), row => row.GetProperty("address").GetString() == "198.51.100.129");

        // flat_interface is a port of the bridge; my_ip and public_interface: SNAT, and where floating IPs are.
        var (instance, vm) = await VmAsync(world, asking);
        Assert.Contains("master br77", world[0].Namespace.Ip("link show eth1"), StringComparison.Ordinal);
        await LeavesAndIsReachedAsync(world, asking, instance, vm, "198.51.100.1", "eth0");

        // force_dhcp_release: free at once, although it was on lease.
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(instance, world[0].Name), world[0].Name);
        var address = (await world.NovanetAsync("fixed", "list")).EnumerateArray().First(row => row.GetProperty("address").GetString() == vm.Vif.Address);
        Assert.Equal("free", address.GetProperty("state").GetString());
    }

    /// <summary>One NIC for everything, its addresses moved to the bridge: what leaves leaves by the bridge, and floating IPs are there.</summary>
    [Fact]
    public async Task one_nic_may_be_public_interface_and_flat_interface_when_its_addresses_may_move()
    {
        File.WriteAllText(conf, """
            [DEFAULT]
            multi_host = true
            public_interface = eth0
            flat_interface = eth0
            take_interface_addresses = true
            floating_range = 198.51.100.128/28
            """);
        await using var world = await PublishedHosts.StartAsync(["one"], "--config-file", conf);
        await world.StartWorkersAsync("--config-file", conf);
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        await world.NovanetAsync("network", "create", "net", "--fixed-range-v4", "10.81.0.0/24");

        var (instance, vm) = await VmAsync(world, asking);
        Assert.Contains("198.51.100.1/24", world[0].Namespace.Ip("-4 addr show br100"), StringComparison.Ordinal);
        Assert.Contains($"default via {PublicSegment.Outsider} dev br100", world[0].Namespace.Ip("route"), StringComparison.Ordinal);
        await LeavesAndIsReachedAsync(world, asking, instance, vm, "198.51.100.1", "br100");

        // The next worker finds all of it in order.
        await world[0].Worker.KillAsync();
        world.StartWorker(world[0], "--config-file", conf);
        var (_, second) = await VmAsync(world, asking);
        Assert.True(Pinging.Reaches(second.Namespace, PublicSegment.Outsider));
        Assert.Contains("0 steps to get there", world[0].Worker.Output, StringComparison.Ordinal);
    }

    private static async Task<(Guid Instance, PublishedVm Vm)> VmAsync(PublishedHosts world, AskingForFacts asking)
    {
        var configured = await asking.AskAsync<HostNetworkConfigured>(new InstanceSpawning(Guid.NewGuid(), Project, world[0].Name, "vm"), world[0].Name);
        var vm = world.Plug(world[0], configured.Vifs[0]);
        await vm.LeaseAsync();
        return (configured.InstanceId, vm);
    }

    private static async Task LeavesAndIsReachedAsync(PublishedHosts world, AskingForFacts asking, Guid instance, PublishedVm vm, string source, string nic)
    {
        using var server = Conversation.Server(world.Public.Outside);
        Assert.Equal(source, Conversation.Ask(vm.Namespace, PublicSegment.Outsider, server));
        var floating = (await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(instance, Project))).FloatingIp;
        Assert.Contains($"{floating}/32", world[0].Namespace.Ip($"-4 addr show {nic}"), StringComparison.Ordinal);
        Assert.Equal(floating, Conversation.Ask(vm.Namespace, PublicSegment.Outsider, server));
        using var inside = Conversation.Server(vm.Namespace);
        Assert.Equal(PublicSegment.Outsider, Conversation.Ask(world.Public.Outside, floating, inside));
    }
}

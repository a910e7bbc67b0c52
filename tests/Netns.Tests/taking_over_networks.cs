using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Integration.Tests;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Kernel.Netlink;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>
/// Two networks with one host each, and their VMs on a third. One host's worker is killed, the other host is lost as a whole; the third takes over, and gives over again when it is
/// drained. One story, since a takeover waits for a lease to end.
/// </summary>
[Collection(nameof(PublishedHosts))]
public sealed class taking_over_networks
{
    private const string Project = "red", Bridge = "br100";
    private static readonly string[] Options = ["--multi-host=false", "--flat-interface=eth1", "--public-interface=eth0"];
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task a_killed_worker_and_a_lost_host_are_taken_over_let_go_first_when_they_return_and_a_drained_one_is_not_missed()
    {
        await using var world = await PublishedHosts.StartAsync(["a", "b", "c"], "--multi-host=false");
        var (a, b, c) = (world[0], world[1], world[2]);
        await world.StartWorkersAsync(Options);
        await using var compute = await ComputeService.ConnectAsync();
        await using var listener = await ComputeService.ConnectAsync();
        await listener.BindAsync("novanet.network-host-changed", "#");
        var asking = new AskingForFacts(compute);
        await world.NovanetAsync("floating", "create", "--ip-range", "198.51.100.128/28");
        var one = await VmOnAsync(world, asking, c, "one", "10.71.0.0/24", a);
        var two = await VmOnAsync(world, asking, c, "two", "10.72.0.0/24", b);
        await using var watch = new ArpWatch(one.Vm.Namespace, MacAddress.Parse(one.Vm.Vif.MacAddress), one.Vm.Vif.Address, "10.71.0.1");
        await using var otherWatch = new ArpWatch(two.Vm.Namespace, MacAddress.Parse(two.Vm.Vif.MacAddress), two.Vm.Vif.Address, "10.72.0.1");
        await using var outside = new ArpWatch(world.Public.Outside, MacOf(world.Public.Outside), PublicSegment.Outsider, one.Floating, two.Floating);
        Serves(one, world.Public.Outside);
        Serves(two, world.Public.Outside);

        // The one dies, the other is lost. An instance of the surviving host comes while its network's host is dead.
        await a.Worker.KillAsync();
        await b.Worker.KillAsync();
        b.SetLinks("down");
        await SpawnLaterAsync(compute, c, out var late, "one");
        listener.Inbox.Clear();
        await Eventually.HoldsAsync("the world was told that both networks have another host", () => listener.Inbox.Count >= 2, Takeover);
        Assert.Equal(
            new[] { (a.Name, c.Name), (b.Name, c.Name) }.Order(),
            listener.Inbox.Select(fact => (fact.Json.GetProperty("from").GetString()!, fact.Json.GetProperty("to").GetString()!)).Order());
        foreach (var vm in (Tenant[])[one, two])
        {
            await Eventually.HoldsAsync("the outside is reached", () => Pinging.Reaches(vm.Vm.Namespace, PublicSegment.Outsider), Takeover);
            await vm.Vm.LeaseAsync();
            Serves(vm, world.Public.Outside);
        }

        Assert.True(watch.HasAnnounced(c.MacOf(Bridge), "10.71.0.1"));
        Assert.True(otherWatch.HasAnnounced(c.MacOf(Bridge), "10.72.0.1"));
        Assert.True(outside.HasAnnounced(MacOf(c.Namespace), one.Floating));
        var answer = await compute.NextAsync();
        Assert.Equal((late, "novanet.host-network-configured", c.Name), (answer.Json.GetProperty("instanceId").GetGuid(), answer.Properties.Type, answer.Json.GetProperty("networkHost").GetString()));

        // They come back, with work waiting: they have let go before they do any of it.
        Assert.True(a.Has("10.71.0.1") && a.Has(one.Floating) && b.Has("10.72.0.1") && b.Has(two.Floating));
        b.SetLinks("up");
        foreach (var (host, gateway, floating) in new[] { (a, "10.71.0.1", one.Floating), (b, "10.72.0.1", two.Floating) })
        {
            await SpawnLaterAsync(compute, host, out var waiting, "one");
            world.StartWorker(host, Options);
            await Eventually.HoldsAsync(
                "the worker has taken what waited", () => compute.Inbox.Any(message => message.Json.GetProperty("instanceId").GetGuid() == waiting), TimeSpan.FromSeconds(60));
            Assert.False(host.Has(gateway) || host.Has(floating));
        }

        // On purpose nobody is silent: what is connected stays connected, and leases are renewed.
        var (client, server) = Conversation.Connect(world.Public.Outside, one.Floating, one.Vm.Namespace);
        await world.AwaitWorkersAsync(a, b);
        await world.NovanetAsync("host", "drain", c.Name);
        await world.AwaitHostAsync("one", host => host != c.Name);
        await world.AwaitHostAsync("two", host => host != c.Name);
        client.Send("still"u8);
        Assert.Equal(5, server.Receive(new byte[16]));
        client.Dispose();
        server.Dispose();
        await one.Vm.LeaseAsync();
        Serves(one, world.Public.Outside);
        await two.Vm.LeaseAsync();
        Serves(two, world.Public.Outside);

        // Whoever has ever claimed an address: nobody while another did.
        Assert.DoesNotContain("nak", one.Vm.Leases + two.Vm.Leases, StringComparison.Ordinal);
        var (last, otherLast) = (await world.HostOfAsync("one") == a.Name ? a : b, await world.HostOfAsync("two") == a.Name ? a : b);
        Assert.Equal(MacsOf(Bridge, a, c, last), watch.HoldersOf("10.71.0.1"));
        Assert.Equal(MacsOf(Bridge, b, c, otherLast), otherWatch.HoldersOf("10.72.0.1"));
        Assert.Equal(((PublishedHost[])[a, c, last]).Select(host => MacOf(host.Namespace).ToString()), outside.HoldersOf(one.Floating));
        Assert.Equal(((PublishedHost[])[b, c, otherLast]).Select(host => MacOf(host.Namespace).ToString()), outside.HoldersOf(two.Floating));
    }

    /// <summary>A network that this host serves, and a VM of it elsewhere, with its lease and a floating IP.</summary>
    private static async Task<Tenant> VmOnAsync(PublishedHosts world, AskingForFacts asking, PublishedHost place, string network, string range, PublishedHost networkHost)
    {
        await world.NovanetAsync("network", "create", network, "--fixed-range-v4", range, "--project", Project);
        await world.ServeAsync(network, networkHost);
        var configured = await asking.AskAsync<HostNetworkConfigured>(
            new InstanceSpawning(Guid.NewGuid(), Project, place.Name, "vm-" + network, [new RequestedNetwork(network)]), place.Name);
        Assert.Equal(networkHost.Name, configured.NetworkHost);
        var vm = world.Plug(place, configured.Vifs[0]);
        await vm.LeaseAsync();
        return new Tenant(vm, (await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(configured.InstanceId, Project))).FloatingIp);
    }

    /// <summary>The way out, the way in, and 169.254.169.254, which the network's host answers for another host's VM.</summary>
    private static void Serves(Tenant tenant, NetworkNamespace outside)
    {
        Assert.True(Pinging.Reaches(tenant.Vm.Namespace, PublicSegment.Outsider));
        Assert.True(Pinging.Reaches(outside, tenant.Floating));
        Assert.Equal((200, tenant.Vm.Vif.Address), TestMetadata.Ask(tenant.Vm.Namespace, "/latest/meta-data/local-ipv4"));
    }

    private static Task SpawnLaterAsync(ComputeService compute, PublishedHost host, out Guid instance, string network)
    {
        instance = Guid.NewGuid();
        var spawning = new InstanceSpawning(instance, Project, host.Name, "late", [new RequestedNetwork(network)]);
        return compute.PublishAsync(
            "novanet.instance-spawning", host.Name, JsonSerializer.Serialize(spawning, JsonSerializerOptions.Web), properties => (properties.ReplyTo, properties.MessageId) = (compute.Queue, Guid.NewGuid().ToString()));
    }

    private static IEnumerable<string> MacsOf(string bridge, params PublishedHost[] hosts) => hosts.Select(host => host.MacOf(bridge).ToString());

    private static MacAddress MacOf(NetworkNamespace place) => place.Run(() =>
    {
        using var netlink = new Rtnetlink();
        return netlink.Find("eth0").Mac!.Value;
    });

    private sealed record Tenant(PublishedVm Vm, string Floating);
}

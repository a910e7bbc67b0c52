using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>teardown_unused_network_gateway through the published programs: two hosts with a network each has an address of its own on, and one that the first serves for both.</summary>
[Collection(nameof(PublishedHosts))]
public sealed class taking_down_unused_networks
{
    private const string Project = "red";

    /// <summary>Addresses of a /29 that it gives to nobody: both ends, and the gateway's.</summary>
    private const long KeptBack = 3;

    private static readonly string[] Keeps = ["--public-interface=eth0", "--network-manager=FlatDHCPManager"];
    private static readonly string[] TearsDown = [.. Keeps, "--teardown-unused-network-gateway=true"];

    [Fact]
    public async Task a_network_goes_from_a_host_with_its_last_instance_there_and_stays_without_the_option_over_restarts_too()
    {
        await using var world = await PublishedHosts.StartAsync(["a", "b"]);
        var (a, b) = (world[0], world[1]);
        await world.StartWorkersAsync(Keeps);
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        await world.NovanetAsync("network", "create", "own", "--fixed-range-v4", "10.73.0.0/29", "--multi-host", "true", "--bridge", "br173", "--bridge-interface", "eth1", "--project", Project);
        await world.NovanetAsync("network", "create", "single", "--fixed-range-v4", "10.74.0.0/24", "--multi-host", "false", "--bridge", "br174", "--project", Project);
        await world.ServeAsync("single", a);

        // Without the option a network stays, over a restart too, until a worker has it.
        var first = await SpawnAsync(asking, b, "own");
        await EndAsync(asking, b, first);
        await RestartAsync(world, b, Keeps);
        Assert.True(HasGateway(b, "br173", first.Vifs[0].DhcpServer!));
        Assert.Contains("master br173", b.Namespace.Ip("link show eth1"), StringComparison.Ordinal);
        await RestartAsync(world, b, TearsDown);
        await Eventually.HoldsAsync("the host has left the network", () => IsGone(b, "br173"));
        Assert.DoesNotContain("master", b.Namespace.Ip("link show eth1"), StringComparison.Ordinal);

        // With it, each last instance takes the network along, and the next one brings it again, with an address that nobody has.
        await RestartAsync(world, a, TearsDown);
        await Eventually.HoldsAsync("a host serves nothing for nobody", () => IsGone(a, "br174"));
        for (var round = 0; round < 3; round++)
        {
            var (own, other) = (await SpawnAsync(asking, b, "own", "single"), await SpawnAsync(asking, a, "own"));
            var vm = world.Plug(b, own.Vifs[0]);
            await vm.LeaseAsync();
            Assert.True(Pinging.Reaches(vm.Namespace, PublicSegment.Outsider));
            Assert.NotEqual(own.Vifs[0].DhcpServer, other.Vifs[0].DhcpServer);
            Assert.True(HasGateway(a, "br174", "10.74.0.1") && HasGateway(a, "br173", other.Vifs[0].DhcpServer!));
            await EndAsync(asking, a, other);
            await Eventually.HoldsAsync("the host has left one network, and serves the other", () => IsGone(a, "br173") && HasGateway(a, "br174", "10.74.0.1"));
            Assert.True(Pinging.Reaches(vm.Namespace, PublicSegment.Outsider));
            await EndAsync(asking, b, own);
            await Eventually.HoldsAsync("nothing is left on any host", () => IsGone(a, "br173") && IsGone(a, "br174") && IsGone(b, "br173") && IsGone(b, "br174"), TimeSpan.FromSeconds(90));
        }

        await Eventually.HoldsAsync("all addresses are free", async () => await ReservedAsync(world) == KeptBack);

        // A worker that dies with the deletion before it, or in the middle of it, is followed by one that ends it.
        var last = await SpawnAsync(asking, b, "own");
        await b.Worker.KillAsync();
        var deleted = asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(last.InstanceId, b.Name), b.Name);
        world.StartWorker(b, TearsDown);
        await deleted;
        await b.Worker.KillAsync();
        world.StartWorker(b, TearsDown);
        await Eventually.HoldsAsync("the host has left the network", () => IsGone(b, "br173"), TimeSpan.FromSeconds(60));
        await Eventually.HoldsAsync("its address is free", async () => await ReservedAsync(world) == KeptBack, TimeSpan.FromSeconds(60));
    }

    private static async Task RestartAsync(PublishedHosts world, PublishedHost host, string[] options)
    {
        await host.Worker.KillAsync();
        world.StartWorker(host, options);
        await Eventually.HoldsAsync("the worker has taken over", () => host.Worker.Output.Contains("resources wanted", StringComparison.Ordinal));
    }

    private static Task<HostNetworkConfigured> SpawnAsync(AskingForFacts asking, PublishedHost host, params string[] networks) => asking.AskAsync<HostNetworkConfigured>(
        new InstanceSpawning(Guid.NewGuid(), Project, host.Name, "vm", [.. networks.Select(network => new RequestedNetwork(network))]), host.Name);

    private static Task<InstanceNetworkReleased> EndAsync(AskingForFacts asking, PublishedHost host, HostNetworkConfigured instance) =>
        asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(instance.InstanceId, host.Name), host.Name);

    private static bool HasGateway(PublishedHost host, string bridge, string address) =>
        host.Namespace.Ip("-4 -o addr show").Contains($"{bridge} ", StringComparison.Ordinal) && host.Has(address) && HasDnsmasq(host, bridge);

    /// <summary>The bridge, its DHCP server, and what the firewall says of it.</summary>
    private static bool IsGone(PublishedHost host, string bridge) =>
        !host.Namespace.Ip("-o link show").Contains($" {bridge}:", StringComparison.Ordinal)
        && !HasDnsmasq(host, bridge)
        && !host.Namespace.Execute("nft", "list", "ruleset").Contains($"\"{bridge}\"", StringComparison.Ordinal);

    private static bool HasDnsmasq(PublishedHost host, string bridge) => host.Namespace.Execute("ip", "netns", "pids", host.Namespace.Name)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Any(pid => File.Exists($"/proc/{pid}/cmdline") && CommandOf(pid) is { } command && command.Contains("dnsmasq", StringComparison.Ordinal) && command.Contains(bridge, StringComparison.Ordinal));

    private static string? CommandOf(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return null; // it has ended
        }
    }

    private static async Task<long> ReservedAsync(PublishedHosts world) =>
        (await world.NovanetAsync("network", "show", "own")).GetProperty("addresses").GetProperty("reserved").GetInt64();
}

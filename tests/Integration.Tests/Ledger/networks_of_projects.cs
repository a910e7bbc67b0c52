using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Projects;
using NovaNetBus.Ledger;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>With VlanManager, and with quotas: what two workers decide at once.</summary>
public sealed class networks_of_projects : IAsyncLifetime
{
    private static readonly NetworkPolicy Vlans = new(NetworkManagerKind.VlanManager, Project.Unlimited);

    private readonly TestLedger ledger = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ledger.InitializeAsync();

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public async Task are_given_away_by_the_commit_of_the_first_instance_and_each_once()
    {
        await CreateVlansAsync(12);
        InstanceLedger[] workers = [ledger.Instances, .. Enumerable.Range(0, 3).Select(_ => ledger.StartProgram().GetRequiredService<InstanceLedger>())];

        // Each project starts three instances at once, on three of four workers.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 36).Select(async number =>
            (Project: $"project-{number % 12}", Outcome: await SpawnAsync(workers[number % 4], $"host-{number % 4}", $"project-{number % 12}", Vlans))));

        Assert.All(outcomes, entry => Assert.Null(entry.Outcome.Refusal));
        var networks = (await ledger.Queries.NetworksAsync(Stop)).Select(summary => summary.Network).ToList();
        Assert.Equal(12, networks.Select(network => network.ProjectId).Distinct().Count());
        Assert.DoesNotContain(networks, network => network.ProjectId is null);
        Assert.All(outcomes, entry => Assert.Equal(networks.Single(network => network.ProjectId == entry.Project).Id, Assert.Single(entry.Outcome.State!.Ports).NetworkId));
    }

    [Fact]
    public async Task come_to_an_end_and_whoever_comes_too_late_has_nothing()
    {
        await CreateVlansAsync(3);
        var other = ledger.StartProgram().GetRequiredService<InstanceLedger>();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            number => SpawnAsync(number % 2 == 0 ? ledger.Instances : other, $"host-{number % 2}", $"project-{number}", Vlans)));

        Assert.Equal(3, outcomes.Count(outcome => outcome.Refusal is null));
        Assert.All(outcomes.Where(outcome => outcome.Refusal is not null), outcome => Assert.Equal(("no-more-networks", true), (outcome.Refusal!.Code, outcome.Refusal.Retryable)));
        Assert.Equal(3, (await ledger.Queries.NetworksAsync(Stop)).Sum(summary => summary.Addresses.Allocated));
    }

    [Fact]
    public async Task are_known_to_their_project_from_then_on_and_free_again_when_they_are_taken_from_it()
    {
        await CreateVlansAsync(1);
        var first = await SpawnAsync(ledger.Instances, "host-a", "red", Vlans);
        var network = (await ledger.Queries.NetworkAsync("vlan", Stop))!.Network;
        Assert.Equal("red", network.ProjectId);
        Assert.Equal("no-more-networks", (await SpawnAsync(ledger.Instances, "host-a", "blue", Vlans)).Refusal!.Code);
        Assert.Equal("network-in-use", Code(await ledger.Networks.ScrubAsync("red", TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop)));
        Assert.Equal("network-has-project", Code(await ledger.Networks.DeleteAsync("vlan", TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop)));

        await ledger.DeleteAsync(first.State!.InstanceId);
        await ledger.ReleasedAsync(first.State.InstanceId);
        var scrubbed = Assert.IsType<Decision<Network>.Accepted>(await ledger.Networks.ScrubAsync("red", TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop));

        Assert.Equal([(network.Id, null)], scrubbed.Events.Select(freed => (freed.Id, freed.ProjectId)));
        Assert.Null((await SpawnAsync(ledger.Instances, "host-a", "blue", Vlans)).Refusal);
        Assert.Equal("blue", (await ledger.Queries.NetworkAsync("vlan", Stop))!.Network.ProjectId);
    }

    [Fact]
    public async Task hold_no_more_addresses_than_the_projects_quota_allows_however_many_ask_at_once()
    {
        await ledger.CreateNetworkAsync("10.5.0.0/24", "shared");
        var projects = ledger.Program.GetRequiredService<ProjectLedger>();
        await projects.SetQuotaAsync("red", 7, null, TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop);
        InstanceLedger[] workers = [ledger.Instances, .. Enumerable.Range(0, 3).Select(_ => ledger.StartProgram().GetRequiredService<InstanceLedger>())];

        // blue has what the options say.
        var policy = new NetworkPolicy(NetworkManagerKind.FlatDHCPManager, 3);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(async number =>
            (Project: number % 2 == 0 ? "red" : "blue", Outcome: await SpawnAsync(workers[number % 4], $"host-{number % 4}", number % 2 == 0 ? "red" : "blue", policy))));

        Assert.Equal((7, 3), (outcomes.Count(entry => entry is { Project: "red", Outcome.Refusal: null }), outcomes.Count(entry => entry is { Project: "blue", Outcome.Refusal: null })));
        Assert.All(outcomes.Where(entry => entry.Outcome.Refusal is not null), entry => Assert.Equal("fixed-ip-limit-exceeded", entry.Outcome.Refusal!.Code));
        Assert.Equal((7, 3), ((await projects.ReadAsync("red", Stop)).FixedIps, (await projects.ReadAsync("blue", Stop)).FixedIps));
    }

    [Fact]
    public async Task count_again_once_a_deletion_was_asked_for_and_not_at_all_without_a_limit()
    {
        await ledger.CreateNetworkAsync("10.6.0.0/24", "shared");
        var policy = new NetworkPolicy(NetworkManagerKind.FlatDHCPManager, 1);
        var first = await SpawnAsync(ledger.Instances, "host-a", "red", policy);
        Assert.Equal("fixed-ip-limit-exceeded", (await SpawnAsync(ledger.Instances, "host-a", "red", policy)).Refusal!.Code);

        await ledger.DeleteAsync(first.State!.InstanceId);

        Assert.Null((await SpawnAsync(ledger.Instances, "host-a", "red", policy)).Refusal);
        await ledger.Program.GetRequiredService<ProjectLedger>().SetQuotaAsync("red", Project.Unlimited, null, TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop);
        Assert.Null((await SpawnAsync(ledger.Instances, "host-a", "red", policy)).Refusal);
        Assert.Null((await SpawnAsync(ledger.Instances, "host-a", "red", policy with { Manager = NetworkManagerKind.FlatManager })).Refusal);
    }

    [Fact]
    public async Task are_asked_for_two_at_once_by_one_instance_and_both_count()
    {
        await ledger.CreateNetworkAsync("10.7.0.0/24", "one");
        await ledger.CreateNetworkAsync("10.8.0.0/24", "two");
        var policy = new NetworkPolicy(NetworkManagerKind.FlatDHCPManager, 3);

        Assert.Null((await SpawnAsync(ledger.Instances, "host-a", "red", policy)).Refusal);
        Assert.Equal("fixed-ip-limit-exceeded", (await SpawnAsync(ledger.Instances, "host-a", "red", policy)).Refusal!.Code);
        Assert.Equal(2, (await ledger.Program.GetRequiredService<ProjectLedger>().ReadAsync("red", Stop)).FixedIps);
    }

    [Fact]
    public async Task are_reached_from_outside_where_an_operator_says()
    {
        await CreateVlansAsync(2);
        await SpawnAsync(ledger.Instances, "host-a", "red", Vlans);

        var changed = await ledger.Networks.ChangeVpnAsync("red", "198.51.100.7", 1001, TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop);

        Assert.Equal(["198.51.100.7:1001"], Assert.IsType<Decision<Network>.Accepted>(changed).Events.Select(network => $"{network.VpnPublicAddress}:{network.VpnPublicPort}"));
        Assert.Equal(1001, (await ledger.Queries.NetworkAsync("vlan_0", Stop))!.Network.VpnPublicPort);
    }

    private static string Code(Decision<Network> decision) => Assert.IsType<Decision<Network>.Refused>(decision).Refusal.Code;

    private static Task<InstanceOutcome> SpawnAsync(InstanceLedger by, string host, string project, NetworkPolicy policy) => by.SpawnAsync(
        TestLedger.SpawnOf(Guid.NewGuid(), host) with { ProjectId = project, Policy = policy }, TestLedger.OriginOf(host), Stop);

    private Task CreateVlansAsync(int count) => ledger.CreateNetworksAsync(TestLedger.CreationOf("10.4.0.0/16") with
    {
        Label = "vlan",
        Count = count,
        Size = 32,
        BridgeInterface = "eth1",
        Vlan = new VlanWish(null, 100, null, 1000, 0),
    });
}

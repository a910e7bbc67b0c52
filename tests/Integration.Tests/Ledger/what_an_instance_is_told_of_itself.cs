using Marten;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Ledger;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class what_an_instance_is_told_of_itself(TestLedger ledger) : IClassFixture<TestLedger>
{
    private const string Secret = "c2VjcmV0LW9mLXRoZS11c2VyLWRhdGE=";
    private static readonly InstanceMetadata Metadata = new("zone-1", [new NamedText("role", "secret-of-the-values")], Secret, [new NamedText("mine", "ssh-rsa secret-of-the-keys")]);

    private readonly Guid instance = Guid.NewGuid();

    [Fact]
    public async Task is_found_by_its_address_on_its_bridge_and_nowhere_else()
    {
        await ledger.CreateNetworkAsync("10.11.0.0/24", "found");
        await ledger.CreateNetworkAsync("10.12.0.0/24", "neighbour");
        var address = await SpawnAsync("found", Metadata);

        var self = await FindAsync(address);
        Assert.Equal((instance, Metadata), (self!.State.InstanceId, self.Metadata));
        Assert.Equal("found", Assert.Single(self.Networks).Network.Label);
        Assert.Null(await FindAsync(address, bridge: "br200"));
        Assert.Null(await FindAsync(address, host: "host-b"));
        Assert.Null(await FindAsync(address + 1));
        Assert.Null(await FindAsync(Ipv4.Parse("10.12.0.5")));
        Assert.Null(await FindAsync(Ipv4.Parse("192.0.2.1")));
    }

    [Fact]
    public async Task is_nothing_besides_its_network_when_its_spawning_said_nothing()
    {
        await ledger.CreateNetworkAsync("10.13.0.0/24", "silent");
        var address = await SpawnAsync("silent", InstanceMetadata.Empty);
        Assert.Equal(InstanceMetadata.Empty, (await FindAsync(address))!.Metadata);
        Assert.Null((await AllocatedAsync()).MetadataDigest);
    }

    [Fact]
    public async Task is_what_its_first_spawning_said()
    {
        await ledger.CreateNetworkAsync("10.14.0.0/24", "again");
        var address = await SpawnAsync("again", Metadata);
        Assert.Equal(address, await SpawnAsync("again", Metadata with { UserData = "YW5vdGhlcg==" }));
        Assert.Equal(Metadata, (await FindAsync(address))!.Metadata);
    }

    [Fact]
    public async Task ends_with_it()
    {
        await ledger.CreateNetworkAsync("10.15.0.0/24", "ended");
        var address = await SpawnAsync("ended", Metadata);
        await ledger.DeleteAsync(instance);
        Assert.Null(await FindAsync(address));
        await ledger.ReleasedAsync(instance);
        Assert.Null(await FindAsync(address));
        await using var session = ledger.Store.QuerySession();
        Assert.Null(await session.LoadAsync<InstanceMetadataDocument>(instance, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ends_with_it_also_when_it_came_and_went_in_one_breath()
    {
        await ledger.CreateNetworkAsync("10.17.0.0/24", "brief");
        var brief = Enumerable.Range(0, 40).Select(_ => Guid.NewGuid()).ToList();
        await Task.WhenAll(brief.SelectMany(id => (Task[])
        [
            ledger.Instances.SpawnAsync(TestLedger.SpawnOf(id, network: "brief") with { Metadata = Metadata }, TestLedger.OriginOf("host-a"), TestContext.Current.CancellationToken),
            ledger.DeleteAsync(id),
            ledger.ReleasedAsync(id),
        ]));
        await using var session = ledger.Store.QuerySession();
        Assert.Empty(await session.LoadManyAsync<InstanceMetadataDocument>(TestContext.Current.CancellationToken, brief));
        var instances = await session.LoadManyAsync<InstanceDocument>(TestContext.Current.CancellationToken, brief);
        Assert.Equal(brief.Count, instances.Count(one => one.Status == InstanceStatus.Released));
    }

    [Fact]
    public async Task is_not_in_the_log_which_has_its_digest()
    {
        await ledger.CreateNetworkAsync("10.16.0.0/24", "digested");
        await SpawnAsync("digested", Metadata);
        Assert.Equal(Metadata.DigestFor(instance), (await AllocatedAsync()).MetadataDigest);

        await using var connection = new NpgsqlConnection(ledger.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0L, await CountAsync("mt_events", "mt_events.*::text"));
        Assert.Equal(0L, await CountAsync("mt_doc_instance", "data::text"));
        Assert.NotEqual(0L, await CountAsync("mt_doc_instance_metadata", "data::text"));

        async Task<object?> CountAsync(string table, string text)
        {
            await using var command = new NpgsqlCommand($"select count(*) from novanet.{table} where {text} like '%secret-of%' or {text} like '%{Secret}%'", connection);
            return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task<Ipv4> SpawnAsync(string network, InstanceMetadata metadata)
    {
        var outcome = await ledger.Instances.SpawnAsync(
            TestLedger.SpawnOf(instance, network: network) with { Metadata = metadata }, TestLedger.OriginOf("host-a"), TestContext.Current.CancellationToken);
        return outcome.State!.Ports[0].Address;
    }

    private Task<InstanceSelf?> FindAsync(Ipv4 address, string host = "host-a", string bridge = "br100") =>
        ledger.Metadata.FindAsync(host, bridge, address, TestContext.Current.CancellationToken);

    private async Task<InstanceNetworkAllocated> AllocatedAsync()
    {
        await using var session = ledger.Store.QuerySession();
        var story = await session.Events.FetchStreamAsync($"instance-{instance}", token: TestContext.Current.CancellationToken);
        return Assert.IsType<InstanceNetworkAllocated>(story[0].Data);
    }
}

using Marten;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>A database of its own, dropped at the end, and one program's ledger in it.</summary>
public sealed class TestLedger : IAsyncLifetime
{
    private readonly string database = $"ledger_{Guid.NewGuid():N}";
    private readonly List<ServiceProvider> programs = [];

    public static DateTimeOffset Now { get; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    internal static HostSettings Settings { get; } = new("eth0", "br100", null, Ipv4.Parse("192.0.2.1"), [], 3600, "novalocal", []);

    public string ConnectionString => new NpgsqlConnectionStringBuilder(Services.Postgres) { Database = database, Timeout = 30 }.ConnectionString;

    public IServiceProvider Program => programs[0];

    internal InstanceLedger Instances => Program.GetRequiredService<InstanceLedger>();

    internal NetworkLedger Networks => Program.GetRequiredService<NetworkLedger>();

    internal Queries Queries => Program.GetRequiredService<Queries>();

    internal HostViews HostViews => Program.GetRequiredService<HostViews>();

    internal InstanceMetadataLedger Metadata => Program.GetRequiredService<InstanceMetadataLedger>();

    internal NetworkHosts NetworkHosts => Program.GetRequiredService<NetworkHosts>();

    internal HostRegistry Hosts => Program.GetRequiredService<HostRegistry>();

    internal IDocumentStore Store => Program.GetRequiredService<IDocumentStore>();

    /// <summary>A database without any table of ours.</summary>
    public static async Task<TestLedger> EmptyAsync()
    {
        var ledger = new TestLedger();
        await ExecuteAsync(Services.Postgres, $"create database {ledger.database}");
        return ledger;
    }

    public async ValueTask InitializeAsync()
    {
        await ExecuteAsync(Services.Postgres, $"create database {database}");
        await StartProgram().GetRequiredService<LedgerSchema>().ApplyAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>One more program on the same database.</summary>
    public IServiceProvider StartProgram()
    {
        var program = new ServiceCollection().AddLogging().AddLedger(ConnectionString, "test").BuildServiceProvider();
        programs.Add(program);
        return program;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in programs)
        {
            await program.DisposeAsync();
        }

        await Eventually.HoldsAsync("the database is dropped", DropAsync);
    }

    /// <summary>Ends every connection of the programs, as a restart of the database does.</summary>
    internal Task DisconnectAsync() => ExecuteAsync(
        Services.Postgres, $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{database}'");

    internal async Task<Network> CreateNetworkAsync(string cidr, string label = "private", bool shareAddress = true, string? project = null, bool multiHost = true) =>
        (await CreateNetworksAsync(CreationOf(cidr) with { Label = label, ShareAddress = shareAddress, ProjectId = project, MultiHost = multiHost }))[0];

    internal async Task<ValueList<Network>> CreateNetworksAsync(CreateNetworks command) =>
        Assert.IsType<Decision<Network>.Accepted>(await Networks.CreateAsync(command, OriginOf("scheduler"), TestContext.Current.CancellationToken)).Events;

    /// <summary>One network of the whole range.</summary>
    internal static CreateNetworks CreationOf(string cidr) => new()
    {
        Id = Guid.NewGuid(),
        Label = "net",
        Cidr = cidr,
        FixedRange = Cidr.Parse("10.0.0.0/8"),
        DefaultSize = 1 << 24,
        Bridge = "br100",
        MultiHost = true,
        ShareAddress = true,
        EnableDhcp = true,
        Mtu = 1500,
        Now = Now,
    };

    internal static Spawn SpawnOf(Guid instanceId, string host = "host-a", string? network = null, string? address = null) => new(
        instanceId, "project-1", host, "vm", network is null ? [] : [new NetworkRequest(network, address, null)], Guid.NewGuid(), Now);

    internal static Origin OriginOf(string host, string message = "message-1") => new(message, "correlation-1", host, "someone");

    internal Task<InstanceOutcome> SpawnAsync(Guid instanceId, string host = "host-a", string? network = null, string? address = null, InstanceLedger? by = null) =>
        (by ?? Instances).SpawnAsync(SpawnOf(instanceId, host, network, address), OriginOf(host), TestContext.Current.CancellationToken);

    internal Task<InstanceOutcome> DeleteAsync(Guid instanceId, string host = "host-a") =>
        Instances.DeleteAsync(instanceId, Now, OriginOf(host), TestContext.Current.CancellationToken);

    internal Task<InstanceOutcome> ReleasedAsync(Guid instanceId, string host = "host-a") =>
        Instances.ReleasedAsync(instanceId, true, Now, OriginOf(host), TestContext.Current.CancellationToken);

    /// <summary>False: an autovacuum worker is in it, which is not ours to end.</summary>
    private async Task<bool> DropAsync()
    {
        try
        {
            await ExecuteAsync(Services.Postgres, $"drop database {database} with (force)");
            return true;
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

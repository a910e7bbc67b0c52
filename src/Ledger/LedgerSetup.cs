using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Schema;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Ledger.Log;
using Npgsql;
using Weasel.Core;

namespace NovaNetBus.Ledger;

/// <summary>The event store of a program.</summary>
public static class LedgerSetup
{
    /// <summary>Our tables' place, so that a database that has other things in it serves as well.</summary>
    internal const string SchemaName = "novanet";

    /// <summary>
    /// Adds <see cref="InstanceLedger"/>, <see cref="FixedIpLedger"/>, <see cref="HostRetirement"/>, <see cref="NetworkLedger"/>, <see cref="ProjectLedger"/>, <see cref="FloatingLedger"/>, <see cref="HostRegistry"/>, <see cref="NetworkHosts"/>, <see cref="HostViews"/>, <see cref="HostNetworks"/>, <see cref="InstanceMetadataLedger"/>,
    /// <see cref="Queries"/>, <see cref="FloatingQueries"/> and <see cref="Leadership"/>.
    /// When the host starts, the schema is made before any other hosted service runs; however many programs start at once.
    /// </summary>
    /// <param name="services">Of the program.</param>
    /// <param name="connectionString">Of an existing PostgreSQL database (12 or newer) whose role may create a schema.</param>
    /// <param name="program">Its name, kept with each event that it writes.</param>
    public static IServiceCollection AddLedger(this IServiceCollection services, string connectionString, string program)
    {
        LedgerMetrics.Begin();
        connectionString = WithDeadClientsEnded(connectionString);
        services.AddSingleton(_ => NpgsqlDataSource.Create(WithStatementsPrepared(connectionString)));

        // Not AddMarten: it would bring its own hosted services and scopes, change AutoCreate behind our back, and write every failed statement
        // to the log as an error, lost races included. Exceptions come to the callers whole.
        services.AddSingleton<IDocumentStore>(provider => new DocumentStore(Options(provider.GetRequiredService<NpgsqlDataSource>())));
        services.AddSingleton(provider => new LedgerSchema(provider.GetRequiredService<IDocumentStore>(), connectionString));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<LedgerSchema>());
        services.AddSingleton(provider => new LedgerSessions(provider.GetRequiredService<IDocumentStore>(), provider.GetRequiredService<NpgsqlDataSource>(), program));
        services.AddSingleton(provider => new LedgerWriter(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new InstanceLedger(provider.GetRequiredService<LedgerWriter>()));
        services.AddSingleton(provider => new FixedIpLedger(provider.GetRequiredService<LedgerWriter>(), provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new HostNetworks(provider.GetRequiredService<LedgerWriter>(), provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new HostRetirement(provider.GetRequiredService<LedgerWriter>(), provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new NetworkLedger(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new FloatingLedger(provider.GetRequiredService<LedgerSessions>(), provider.GetRequiredService<LedgerWriter>()));
        services.AddSingleton(provider => new ProjectLedger(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new NetworkHosts(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new HostRegistry(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new HostViews(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new InstanceMetadataLedger(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new Leadership(
            connectionString, provider.GetService<TimeProvider>() ?? TimeProvider.System, provider.GetRequiredService<ILogger<Leadership>>()));
        services.AddSingleton(provider => new EventLog(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new Presence(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new TimeTravel(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<Presence>()));
        services.AddSingleton(provider => new AddressHistory(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeTravel>()));
        services.AddSingleton(provider => new FloatingQueries(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new LogVerification(provider.GetRequiredService<IDocumentStore>(), provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new RefusalLedger(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new FailedMessageLedger(provider.GetRequiredService<LedgerSessions>()));
        services.AddSingleton(provider => new FactsFromLog(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new LogImport(
            provider.GetRequiredService<IDocumentStore>(), provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<LedgerSchema>()));
        services.AddSingleton(provider => new LogReplay(provider, provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new LogRetention(provider.GetRequiredService<LedgerSessions>(), provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new Queries(provider.GetRequiredService<LedgerSessions>()));
        return services;
    }

    /// <summary>
    /// The server ends the session of a program that is gone without a word (a host without power, a cut network), or that stands still within
    /// a transaction: its locks would hold up all others. Options that the user gave come later and win.
    /// </summary>
    private static string WithDeadClientsEnded(string connectionString)
    {
        // Marten writes times as the session's time zone has them.
        const string limits = "-c TimeZone=UTC -c idle_in_transaction_session_timeout=15s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.Options = string.IsNullOrEmpty(builder.Options) ? limits : $"{limits} {builder.Options}";
        return builder.ConnectionString;
    }

    /// <summary>
    /// Each commit says the same statements again: planned once for a connection, a lone instance has its network a fifth sooner (scripts/bench.sh main).
    /// What the user's own string says of it stays.
    /// </summary>
    private static string WithStatementsPrepared(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (!builder.ShouldSerialize("Max Auto Prepare"))
        {
            (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (100, 2);
        }

        return builder.ConnectionString;
    }

    private static StoreOptions Options(NpgsqlDataSource source)
    {
        var options = new StoreOptions { DatabaseSchemaName = SchemaName, AutoCreateSchemaObjects = AutoCreate.None };
        options.Connection(source);
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase, StoredJson.Configure);

        // A statement that failed has spoiled its transaction, so saying it again is no use: whoever has the whole work tries again.
        options.ConfigurePolly(_ => { });
        options.ConfigureWritePolly(_ => { });
        ConfigureEvents(options);
        ConfigureDocuments(options);
        return options;
    }

    private static void ConfigureEvents(StoreOptions options)
    {
        options.Events.StreamIdentity = StreamIdentity.AsString;

        // Quick appends a stream's events in one call that checks the expected version itself; Rich reads each stream's version first and was
        // half as fast. With an expected version (all of ours have one) Quick knows the versions before the commit, as inline needs. The
        // exclusive lock makes a lost race fail before it draws a sequence number: the log has no gap that readers would wait for.
        // "Server timestamps" are, in spite of the name, those that the events bring: LedgerSession sets them.
        options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        options.Events.UseExclusiveLockOnConcurrentAppends = true;
        options.Events.MetadataConfig.EnableAll();
        options.Events.MetadataConfig.UserNameEnabled = true; // EnableAll leaves it off
        foreach (var index in LedgerSchema.OwnIndexes)
        {
            options.Events.IgnoreIndex(index);
        }

        foreach (var (type, name) in EventNames.All)
        {
            options.Events.MapEventType(type, name);
        }

        options.Projections.Add(new Snapshots(), ProjectionLifecycle.Inline, Snapshots.Name, rebuild =>
        {
            foreach (var document in Snapshots.Documents)
            {
                rebuild.DeleteViewTypeOnTeardown(document);
            }
            rebuild.DeleteDataInTableOnTeardown(SegmentMacs.TableName);
        });
    }

    private static void ConfigureDocuments(StoreOptions options)
    {
        options.Schema.For<InstanceDocument>().DocumentAlias("instance")
            .Duplicate(instance => instance.Host).Duplicate(instance => instance.ServedBy)
            .Duplicate(instance => instance.Status).Duplicate(instance => instance.ProjectId, configure: ServedOnly);
        options.Schema.For<BlockDocument>().DocumentAlias("block")
            .Duplicate(block => block.NetworkId)
            .Duplicate(block => block.Index, configure: index => index.Columns = ["network_id", "index"])
            .Duplicate(block => block.FreeFrom, configure: index => index.Columns = ["network_id", "free_from"])
            .Duplicate(block => block.DeallocatedSince);
        options.Schema.For<FloatingBlockDocument>().DocumentAlias("floating_block")
            .Duplicate(block => block.Pool).Duplicate(block => block.First).Duplicate(block => block.Free).Duplicate(block => block.Total)
            .GinIndexJsonData();
        options.Storage.ExtendedSchemaObjects.Add(SegmentMacs.Table());
        options.Schema.For<NetworkDocument>().DocumentAlias("network");
        options.Schema.For<HostDocument>().DocumentAlias("host");
        options.Schema.For<ProjectDocument>().DocumentAlias("project");
        options.Schema.For<InstanceMetadataDocument>().DocumentAlias("instance_metadata");
        options.Schema.For<HostReportDocument>().DocumentAlias("host_report");
    }

    /// <summary>A project's addresses are counted over its instances that run; those that are gone are ever more.</summary>
    private static void ServedOnly(DocumentIndex index) => index.Predicate = "served_by is not null";
}

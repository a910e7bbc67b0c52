using System.Data.Common;
using System.Globalization;
using Marten;
using Marten.Linq.QueryHandlers;
using Marten.Services.BatchQuerying;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
using Weasel.Postgresql;
using Weasel.Storage;

namespace NovaNetBus.Ledger;

/// <summary>
/// All networks, kept in memory by each process. A stamp of their table, read under the lock in each commit, tells whether they are still
/// those: a network of a moment ago is seen, one that is gone is not.
/// </summary>
internal sealed class NetworkDirectory
{
    // A sum over row versions, which are random: neither a clock (they go backwards) nor a count (one more and one less is no change) would do.
    private const string Stamp =
        "select count(*)::text || ' ' || coalesce(sum(uuid_hash_extended(mt_version, 0)), 0)::text from " + LedgerSetup.SchemaName + ".mt_doc_network";

    private IReadOnlyDictionary<Guid, long> versions = new Dictionary<Guid, long>();
    private string? stamp;

    /// <summary>In order of creation, as of the last <see cref="RefreshAsync"/>.</summary>
    public IReadOnlyList<Network> Networks { get; private set; } = [];

    /// <summary>Adds the lock and the stamp to a batch of queries; the lock comes first.</summary>
    public static Task<string?> AskFor(IBatchedQuery batch)
    {
        batch.AddItem(new Statement(string.Create(CultureInfo.InvariantCulture, $"select pg_advisory_xact_lock_shared({LedgerLocks.Networks})")));
        return batch.AddItem(new Statement(Stamp));
    }

    /// <summary>Waits until no other commit gives a network to a project, and sees what those before it have given.</summary>
    public async Task LockFirstUseAsync(IDocumentSession session, CancellationToken cancellation)
    {
        var batch = session.CreateBatchQuery();
        _ = batch.AddItem(new Statement(string.Create(CultureInfo.InvariantCulture, $"select pg_advisory_xact_lock({LedgerLocks.FirstUse})")));
        var current = batch.AddItem(new Statement(Stamp));
        await batch.Execute(cancellation);
        session.EjectAllOfType(typeof(NetworkDocument)); // else it would go on telling what it read before it waited
        await RefreshAsync(await current, session, cancellation);
    }

    /// <summary>Of a network's stream, as of the last <see cref="RefreshAsync"/>. Throws <see cref="KeyNotFoundException"/> for one that was not there.</summary>
    public long VersionOf(Guid networkId) => versions[networkId];

    /// <summary>Reads the networks again unless this is the stamp that they have already.</summary>
    public async Task RefreshAsync(string? current, IQuerySession session, CancellationToken cancellation)
    {
        if (current != stamp)
        {
            var documents = await session.Query<NetworkDocument>().ToListAsync(cancellation);
            Networks = InOrder(documents);
            versions = documents.ToDictionary(document => document.Id, document => document.StreamVersion);
            stamp = current;
        }
    }

    /// <summary>All networks, in order of creation.</summary>
    public static async Task<IReadOnlyList<Network>> ReadAsync(IQuerySession session, CancellationToken cancellation) =>
        InOrder(await session.Query<NetworkDocument>().ToListAsync(cancellation));

    /// <summary>By id, label or CIDR: the oldest that fits; null: none.</summary>
    public static Network? Find(string idOrLabelOrCidr, IReadOnlyList<Network> networks) =>
        NetworkSelection.Find(idOrLabelOrCidr, networks)
        ?? (Cidr.TryParse(idOrLabelOrCidr, out var cidr) ? networks.FirstOrDefault(network => network.Cidr == cidr) : null);

    private static IReadOnlyList<Network> InOrder(IEnumerable<NetworkDocument> documents) => [.. Network.InOrder(documents.Select(document => document.State))];

    /// <summary>One SQL statement without parameters, and the text of its first field.</summary>
    private sealed class Statement(string sql) : IQueryHandler<string?>
    {
        public void ConfigureCommand(ICommandBuilder builder, IStorageSession session) => builder.Append(sql);

        public async Task<string?> HandleAsync(DbDataReader reader, IStorageSession session, CancellationToken token) =>
            await reader.ReadAsync(token) && reader.GetFieldType(0) == typeof(string) ? reader.GetString(0) : null;

        public Task<int> StreamJson(Stream stream, DbDataReader reader, CancellationToken token) => throw new NotSupportedException("this is no document");
    }
}

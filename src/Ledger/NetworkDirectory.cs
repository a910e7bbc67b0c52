using System.Data.Common;
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
    private const string Lock = "select pg_advisory_xact_lock_shared({0})";

    // A sum over row versions: neither a clock (they go backwards) nor a count (one more and one less is no change) would do.
    private const string Stamp =
        "select count(*)::text || ' ' || coalesce(sum(hashtextextended(id::text || mt_version::text, 0)), 0)::text from " + LedgerSetup.SchemaName + ".mt_doc_network";

    private string? stamp;

    /// <summary>In order of creation, as of the last <see cref="RefreshAsync"/>.</summary>
    public IReadOnlyList<Network> Networks { get; private set; } = [];

    /// <summary>Adds the lock and the stamp to a batch of queries; the lock comes first.</summary>
    public static Task<string?> AskFor(IBatchedQuery batch)
    {
        batch.AddItem(new Statement(string.Format(System.Globalization.CultureInfo.InvariantCulture, Lock, LedgerLocks.Networks)));
        return batch.AddItem(new Statement(Stamp));
    }

    /// <summary>Reads the networks again unless this is the stamp that they have already.</summary>
    public async Task RefreshAsync(string? current, IQuerySession session, CancellationToken cancellation)
    {
        if (current != stamp)
        {
            Networks = await ReadAsync(session, cancellation);
            stamp = current;
        }
    }

    /// <summary>All networks, in order of creation.</summary>
    public static async Task<IReadOnlyList<Network>> ReadAsync(IQuerySession session, CancellationToken cancellation)
    {
        var documents = await session.Query<NetworkDocument>().ToListAsync(cancellation);
        return [.. Network.InOrder(documents.Select(document => document.State))];
    }

    /// <summary>By id, label or CIDR: the oldest that fits; null: none.</summary>
    public static Network? Find(string idOrLabelOrCidr, IReadOnlyList<Network> networks) =>
        NetworkSelection.Find(idOrLabelOrCidr, networks)
        ?? (Cidr.TryParse(idOrLabelOrCidr, out var cidr) ? networks.FirstOrDefault(network => network.Cidr == cidr) : null);

    /// <summary>One SQL statement without parameters, and the text of its first field.</summary>
    private sealed class Statement(string sql) : IQueryHandler<string?>
    {
        public void ConfigureCommand(ICommandBuilder builder, IStorageSession session) => builder.Append(sql);

        public async Task<string?> HandleAsync(DbDataReader reader, IStorageSession session, CancellationToken token) =>
            await reader.ReadAsync(token) && reader.GetFieldType(0) == typeof(string) ? reader.GetString(0) : null;

        public Task<int> StreamJson(Stream stream, DbDataReader reader, CancellationToken token) => throw new NotSupportedException("this is no document");
    }
}

using System.Collections.Immutable;
using System.Data.Common;
using Marten;
using Marten.Linq.QueryHandlers;
using Marten.Services.BatchQuerying;
using NovaNetBus.Domain.Addressing;
using Npgsql;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;
using Weasel.Storage;

namespace NovaNetBus.Ledger;

/// <summary>A NIC's MAC address where it must be alone.</summary>
internal readonly record struct SegmentMac(string Segment, MacAddress Mac);

/// <summary>
/// The MAC addresses of all NICs, by segment: a table of its own with a unique key, written in the commit that makes or ends the NIC. Two commits that give one
/// MAC address on one segment cannot both come through (ADR 17).
/// </summary>
internal static class SegmentMacs
{
    public const string TableName = LedgerSetup.SchemaName + ".segment_mac";

    private const string Insert = $"insert into {TableName} (mac, segment) select * from unnest(?::text[]::macaddr[], ?::text[])";
    private const string Delete = $"delete from {TableName} where (mac, segment) in (select * from unnest(?::text[]::macaddr[], ?::text[]))";

    /// <summary>For Marten to make it.</summary>
    public static Table Table()
    {
        var table = new Table(TableName);
        table.AddColumn("mac", "macaddr").AsPrimaryKey(); // first, since it is looked up by it alone
        table.AddColumn("segment", "text").AsPrimaryKey();
        return table;
    }

    /// <summary>Those that go, then those that come: what one NIC gives up another may have in the same commit.</summary>
    public static void Write(IDocumentOperations operations, IReadOnlyCollection<SegmentMac> gone, IReadOnlyCollection<SegmentMac> come)
    {
        Queue(operations, Delete, gone);
        Queue(operations, Insert, come);
    }

    /// <summary>All of them.</summary>
    public static async Task<HashSet<SegmentMac>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select segment, mac::text from {TableName}", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new HashSet<SegmentMac>();
        while (await rows.ReadAsync(cancellation))
        {
            found.Add(new SegmentMac(rows.GetString(0), MacAddress.Parse(rows.GetString(1))));
        }

        return found;
    }

    /// <summary>By MAC address: the segments where a NIC has it. Of all that are asked for, also when there are none.</summary>
    public static Task<ImmutableDictionary<MacAddress, ImmutableHashSet<string>>> AskFor(IBatchedQuery batch, IReadOnlyCollection<MacAddress> macs) =>
        batch.AddItem(new Lookup(macs));

    private static void Queue(IDocumentOperations operations, string sql, IReadOnlyCollection<SegmentMac> macs)
    {
        if (macs.Count > 0)
        {
            operations.QueueSqlCommand(sql, macs.Select(entry => entry.Mac.ToString()).ToArray(), macs.Select(entry => entry.Segment).ToArray());
        }
    }

    private sealed class Lookup(IReadOnlyCollection<MacAddress> macs) : IQueryHandler<ImmutableDictionary<MacAddress, ImmutableHashSet<string>>>
    {
        public void ConfigureCommand(ICommandBuilder builder, IStorageSession session)
        {
            builder.Append($"select mac::text, segment from {TableName} where mac = any(");
            builder.AppendParameter(macs.Select(mac => mac.ToString()).ToArray());
            builder.Append("::text[]::macaddr[])");
        }

        public async Task<ImmutableDictionary<MacAddress, ImmutableHashSet<string>>> HandleAsync(DbDataReader reader, IStorageSession session, CancellationToken token)
        {
            var found = macs.Distinct().ToDictionary(mac => mac, _ => ImmutableHashSet<string>.Empty);
            while (await reader.ReadAsync(token))
            {
                var mac = MacAddress.Parse(reader.GetString(0));
                found[mac] = found[mac].Add(reader.GetString(1));
            }

            return found.ToImmutableDictionary();
        }

        public Task<int> StreamJson(Stream stream, DbDataReader reader, CancellationToken token) => throw new NotSupportedException("this is no document");
    }
}

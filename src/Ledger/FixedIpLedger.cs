using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>
/// Decides about addresses apart from instances, and records it in the same groups as <see cref="InstanceLedger"/>. Every method throws on an outage, when nothing is
/// known to be recorded.
/// </summary>
public sealed class FixedIpLedger
{
    private const string OverdueBlocks = $"select network_id, index from {LedgerSetup.SchemaName}.mt_doc_block where deallocated_since <= @limit";

    private readonly LedgerWriter writer;
    private readonly LedgerSessions sessions;

    internal FixedIpLedger(LedgerWriter writer, LedgerSessions sessions) => (this.writer, this.sessions) = (writer, sessions);

    /// <summary>What DHCP servers told of leases, in this order; what is known already changes nothing.</summary>
    public Task LeasesSeenAsync(IReadOnlyList<LeaseSeen> leases, CancellationToken cancellation) => Task.WhenAll(leases.Select(seen =>
    {
        var origin = new Origin(null, seen.Address.ToString(), seen.Host, null);
        return writer.SubmitAsync(
            new InstanceWork(null, seen.Host, seen.At, origin, situation => LeaseDecisions.Seen(seen, situation), Address: seen.Address), cancellation);
    }));

    /// <summary>Keeps an address from being given out. Null: it is so; else why not, see <see cref="Reservations.Reserve"/>.</summary>
    public Task<Refusal?> ReserveAsync(string address, DateTimeOffset now, Origin origin, CancellationToken cancellation) =>
        DecideAsync(address, now, origin, situation => Reservations.Reserve(address, situation, now), cancellation);

    /// <summary>Lets an address be given out again. Null: it is so; else why not, see <see cref="Reservations.Unreserve"/>.</summary>
    public Task<Refusal?> UnreserveAsync(string address, DateTimeOffset now, Origin origin, CancellationToken cancellation) =>
        DecideAsync(address, now, origin, situation => Reservations.Unreserve(address, situation, now), cancellation);

    /// <summary>Frees what has been deallocated since <paramref name="limit"/> or longer, and tells which addresses. Costs nothing while there are none.</summary>
    public async Task<IReadOnlyList<Ipv4>> ReapAsync(DateTimeOffset limit, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        var outcomes = await Task.WhenAll((await OverdueAsync(limit, cancellation)).Select(key => writer.SubmitAsync(
            new InstanceWork(null, origin.Host, now, origin, situation => Reaping.Overdue(key, limit, situation, now)), cancellation)));
        return [.. outcomes.SelectMany(outcome => outcome.Addresses).Select(change => change.Address)];
    }

    private async Task<Refusal?> DecideAsync(
        string address, DateTimeOffset now, Origin origin, Func<InstanceSituation, InstanceDecision> decide, CancellationToken cancellation)
    {
        var about = Ipv4.TryParse(address, out var read) ? read : (Ipv4?)null;
        return (await writer.SubmitAsync(new InstanceWork(null, origin.Host, now, origin, decide, Address: about), cancellation)).Refusal;
    }

    private async Task<IReadOnlyList<BlockKey>> OverdueAsync(DateTimeOffset limit, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        await using var command = new NpgsqlCommand(OverdueBlocks, session.Connection);
        command.Parameters.AddWithValue("limit", limit.ToUniversalTime());
        return await BlockKeys.ReadAsync(command, cancellation);
    }
}

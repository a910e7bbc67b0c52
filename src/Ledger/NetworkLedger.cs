using System.Globalization;
using Marten;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>Creates and deletes networks. Every method throws on an outage, when nothing is known to be recorded.</summary>
public sealed class NetworkLedger
{
    private readonly LedgerSessions sessions;

    internal NetworkLedger(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>
    /// One network. The same command again finds the network that it made. Refusals: see <see cref="NetworkDecisions.Create"/>; an id that was
    /// another network's is refused with network-not-created.
    /// </summary>
    public async Task<Decision<Network>> CreateAsync(CreateNetwork command, Origin origin, CancellationToken cancellation)
    {
        await using var session = await OpenAsync(cancellation);
        var existing = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        var others = existing.Where(network => network.Id != command.Id).ToList();
        if (NetworkDecisions.Create(command, others) is not Decision<NetworkEvent>.Accepted accepted)
        {
            return ((Decision<NetworkEvent>.Refused)NetworkDecisions.Create(command, others)).Refusal;
        }

        var network = accepted.Events.OfType<NetworkCreated>().Single().Network;
        if (existing.FirstOrDefault(candidate => candidate.Id == command.Id) is { } before)
        {
            return before with { CreatedAt = network.CreatedAt } == network ? ValueList.Of([before]) : Taken(command.Id);
        }

        if (await session.Documents.Events.FetchStreamStateAsync(Streams.OfNetwork(command.Id), cancellation) is not null)
        {
            return Taken(command.Id);
        }

        session.Append(Streams.OfNetwork(command.Id), 0, [.. accepted.Events], [.. accepted.Events.Select(_ => origin)]);
        await session.CommitAsync(cancellation);
        return ValueList.Of([network]);
    }

    /// <summary>
    /// The end of a network, and of the addresses that hosts have on it. Refused with network-not-found, or with network-in-use while an instance has
    /// an address of it.
    /// </summary>
    public async Task<Decision<Network>> DeleteAsync(string idOrLabelOrCidr, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        await using var session = await OpenAsync(cancellation);
        if (NetworkDirectory.Find(idOrLabelOrCidr, await NetworkDirectory.ReadAsync(session.Documents, cancellation)) is not { } network)
        {
            return new Refusal("network-not-found", $"There is no network '{idOrLabelOrCidr}'; see 'novanet network list'.");
        }

        var uses = await AddressCounts.ReadAsync(session.Connection, network.Id, cancellation);
        var decision = NetworkDecisions.Delete(network, uses.GetValueOrDefault(network.Id).OfInstances, now);
        if (decision is Decision<NetworkEvent>.Refused refused)
        {
            return refused.Refusal;
        }

        await DropHostAddressesAsync(session, network.Id, now, origin, cancellation);

        // Last in the commit: whoever reads the log in order sees no event of the network's blocks after it.
        var version = (await session.Documents.LoadAsync<NetworkDocument>(network.Id, cancellation))!.StreamVersion;
        session.Append(Streams.OfNetwork(network.Id), version, [.. ((Decision<NetworkEvent>.Accepted)decision).Events], [origin]);
        await session.CommitAsync(cancellation);
        return ValueList.Of([network]);
    }

    private static Refusal Taken(Guid id) =>
        new("network-not-created", $"Id {id} is or was another network's; leave the id out to get a new one.");

    private static async Task DropHostAddressesAsync(LedgerSession session, Guid networkId, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        var hosts = await session.Documents.Query<HostDocument>().ToListAsync(cancellation);
        foreach (var host in hosts.Where(host => host.State.Addresses.ContainsKey(networkId)).OrderBy(host => host.Id, StringComparer.Ordinal))
        {
            session.Append(Streams.OfHost(host.Id), host.StreamVersion, [new HostLeftNetwork(host.Id, networkId, now)], [origin]);
        }

        var blocks = await session.Documents.Query<BlockDocument>().Where(block => block.NetworkId == networkId).ToListAsync(cancellation);
        foreach (var block in blocks.Where(block => block.OfHosts > 0).OrderBy(block => block.Index))
        {
            object[] released = [.. block.State.Used.Values
                .Where(used => used.Status == FixedIpStatus.TakenByHost).Select(used => new FixedIpReleased(used.Address, now))];
            session.Append(Streams.OfBlock(new BlockKey(networkId, block.Index)), block.StreamVersion, released, [.. released.Select(_ => origin)]);
        }
    }

    /// <summary>A transaction that waits until no other creates or deletes a network, and no commit about instances runs.</summary>
    private async Task<LedgerSession> OpenAsync(CancellationToken cancellation)
    {
        var session = await sessions.WriteAsync(cancellation);
        try
        {
            var sql = string.Create(CultureInfo.InvariantCulture, $"select pg_advisory_xact_lock({LedgerLocks.Networks})");
            await using var command = new NpgsqlCommand(sql, session.Connection);
            await command.ExecuteNonQueryAsync(cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}

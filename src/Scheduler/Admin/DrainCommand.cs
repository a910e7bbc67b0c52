using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;
using NovaNetBus.Scheduler.NetworkHosts;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>host drain: the networks that a host alone serves go to others, each without a gap.</summary>
internal sealed class DrainCommand(Ledger.NetworkHosts networkHosts, Election election, NovaNetOptions options, TimeProvider clock)
{
    /// <summary>Shorter than an operator's request is worked on; what has not moved by then still will.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6), Look = TimeSpan.FromMilliseconds(200);

    /// <summary>The networks that have another host, or are about to.</summary>
    public async Task<object?> RunAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var host = arguments.Required("host");
        var origin = new Origin(delivery.MessageId, delivery.CorrelationId ?? Guid.NewGuid().ToString(), options.Host, delivery.UserId);
        var standings = await election.StandingsAsync(cancellation);
        var moves = await networkHosts.DrainAsync(host, standings, clock.GetUtcNow(), origin, cancellation) switch
        {
            Decision<NetworkMove>.Accepted accepted => accepted.Events,
            Decision<NetworkMove>.Refused refused => throw new RefusedException(refused.Refusal.Code, refused.Refusal.Message),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not known"),
        };
        await election.TellAsync(moves, cancellation);
        for (var began = clock.GetTimestamp(); clock.GetElapsedTime(began) < Patience && await ServesAsync(host, moves, cancellation);)
        {
            await Task.Delay(Look, clock, cancellation);
        }

        return moves.Select(move => new NetworkHostChanged(move.NetworkId, move.From, move.To, move.Reason)).ToArray();
    }

    private async Task<bool> ServesAsync(string host, ValueList<NetworkMove> moves, CancellationToken cancellation)
    {
        var ids = moves.Select(move => move.NetworkId).ToHashSet();
        return (await networkHosts.ReadAsync(cancellation)).Networks.Any(network => ids.Contains(network.Id) && network.Host == host);
    }
}

namespace NovaNetBus.Domain.Networks;

/// <summary>
/// Which host serves a network that has one. Each decision is asked again after a crash or a duplicate, with the same result: no event means that it is so
/// already, or that it is too late.
/// </summary>
public static class NetworkHostDecisions
{
    /// <summary>A network without a host gets one.</summary>
    public static ValueList<NetworkEvent> Place(Network network, string host, string reason, DateTimeOffset now) =>
        network is { MultiHost: false, Host: null } ? [new NetworkHostSet(network.Id, host, null, reason, now)] : [];

    /// <summary>
    /// By the wish of an operator or of the election: a network without a host gets this one at once; else its host is to give it over.
    /// Code: invalid-request, for a network that each host serves itself.
    /// </summary>
    /// <param name="network">Which.</param>
    /// <param name="to">Null: nobody.</param>
    /// <param name="reason">In words.</param>
    /// <param name="now">UTC.</param>
    public static Decision<NetworkEvent> Move(Network network, string? to, string reason, DateTimeOffset now) => network switch
    {
        { MultiHost: true } => new Refusal(
            "invalid-request", $"Network {network.Label} has multi_host: each host serves its own instances; it has no host that could be set."),
        { Host: null } => to is null ? ValueList.Of<NetworkEvent>([]) : Place(network, to, reason, now),
        { Move: null } when to == network.Host => ValueList.Of<NetworkEvent>([]),
        { Move: { } move } when move.To == to => ValueList.Of<NetworkEvent>([]),
        { Host: { } from } => ValueList.Of<NetworkEvent>([new NetworkHostMoving(network.Id, from, to, reason, now)]),
    };

    /// <summary>The host that is to serve it is ready.</summary>
    public static ValueList<NetworkEvent> Ready(Network network, string host, DateTimeOffset now) =>
        network.Move is { IsReady: false, To: { } to } && to == host ? [new NetworkHostReady(network.Id, host, now)] : [];

    /// <summary>Its host has fallen silent for it, so that the other may begin.</summary>
    public static ValueList<NetworkEvent> Yield(Network network, string host, DateTimeOffset now) => network switch
    {
        { Host: { } from, Move: { IsReady: true } move } when from == host => move.To is { } to
            ? [new NetworkHostSet(network.Id, to, from, move.Reason, now)]
            : [new NetworkHostCleared(network.Id, from, now)],
        _ => [],
    };

    /// <summary>Another host takes it without its host's doing: only when that one's lease has certainly ended.</summary>
    public static ValueList<NetworkEvent> TakeOver(Network network, string from, string to, string reason, DateTimeOffset now) =>
        network.Host == from && to != from ? [new NetworkHostSet(network.Id, to, from, reason, now)] : [];
}

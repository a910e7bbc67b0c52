using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Hosts;

/// <summary>A host as the choice of network hosts sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsAlive">Its worker has been heard of lately.</param>
/// <param name="Silence">For how long an observer has heard nothing of its worker; at least so long, and by no other clock than the observer's.</param>
/// <param name="Unattended">For how long nobody has taken from its queue, although its worker may be heard of.</param>
/// <param name="HasPublicInterface">Without one a host can neither translate addresses nor carry floating ones: it only bridges and guards its ports.</param>
/// <param name="IsDrained">An operator wants it empty.</param>
public sealed record HostStanding(string Name, bool IsAlive, TimeSpan Silence, TimeSpan Unattended, bool HasPublicInterface, bool IsDrained)
{
    /// <summary>True when networks may come to it.</summary>
    public bool MayServe => IsAlive && Unattended == TimeSpan.Zero && HasPublicInterface && !IsDrained;

    /// <summary>Why networks may or may not come to it: the end of a sentence that begins with its name.</summary>
    public string Why => this switch
    {
        { HasPublicInterface: false } => "only bridges and guards its ports: its worker has no public_interface",
        { IsAlive: false } => "gets no networks: its worker is not heard of",
        { Unattended.Ticks: > 0 } => "gets no networks: its worker takes nothing from its queue",
        { IsDrained: true } => "gets no networks: it was drained, until its worker starts anew",
        _ => "may be the host of networks",
    };
}

/// <summary>How a network comes to a host.</summary>
public enum MoveKind
{
    /// <summary>It had none.</summary>
    Place,

    /// <summary>Its host gives it over, so that nobody notices.</summary>
    HandOver,

    /// <summary>Its host is gone.</summary>
    TakeOver,
}

/// <summary>A network that is to come to a host.</summary>
/// <param name="NetworkId">Which.</param>
/// <param name="From">Its present host; null: none.</param>
/// <param name="To">Its next.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Kind">How.</param>
public sealed record NetworkMove(Guid NetworkId, string? From, string To, string Reason, MoveKind Kind);

/// <summary>
/// Which host serves a network that one host serves for all. A network stays where it is as long as it can. Else it goes to the host that serves the fewest, and
/// of several to the one whose name and the network's id hash highest (rendezvous hashing): whoever asks, and however often, comes to the same answer.
/// </summary>
public static class Placement
{
    /// <summary>The host for one network; null: there is none for it.</summary>
    /// <param name="networkId">Which network.</param>
    /// <param name="hosts">All.</param>
    /// <param name="networks">All; those that have a host, or are on their way to one, weigh.</param>
    /// <param name="except">A host that it shall not be; null: any.</param>
    public static string? Choose(Guid networkId, IReadOnlyCollection<HostStanding> hosts, IReadOnlyCollection<Network> networks, string? except = null) =>
        Choose(networkId, hosts, LoadOf(networks), except);

    /// <summary>
    /// What is to be done now: networks that have no host, whose host is gone, or whose host takes no messages any more.
    /// Empty when all is well, or when there is no host for those.
    /// </summary>
    public static IReadOnlyList<NetworkMove> Moves(IReadOnlyCollection<HostStanding> hosts, IReadOnlyCollection<Network> networks)
    {
        var load = LoadOf(networks);
        var standings = hosts.ToDictionary(host => host.Name);
        var moves = new List<NetworkMove>();
        foreach (var network in Network.InOrder(networks).Where(network => network.HasOneHost))
        {
            if (MoveOf(network, standings, hosts, load) is { } move)
            {
                moves.Add(move);
                load[move.To] = load.GetValueOrDefault(move.To) + 1;
            }
        }

        return moves;
    }

    /// <summary>What empties a host: each of its networks gives over to another, or none does. Code: no-network-host.</summary>
    public static Decision<NetworkMove> Drain(string host, IReadOnlyCollection<HostStanding> hosts, IReadOnlyCollection<Network> networks)
    {
        var load = LoadOf(networks);
        var moves = new List<NetworkMove>();
        foreach (var network in Network.InOrder(networks).Where(network => network.HasOneHost && (network.Move is { } move ? move.To : network.Host) == host))
        {
            if (Choose(network.Id, hosts, load, host) is not { } to)
            {
                return new Refusal(
                    "no-network-host", $"No other host may serve network {network.Label} ({network.Cidr}) now; see 'novanet host list'. {host} keeps its networks.", Retryable: true);
            }

            moves.Add(new NetworkMove(network.Id, network.Host, to, $"{host} is drained", MoveKind.HandOver));
            load[to] = load.GetValueOrDefault(to) + 1;
        }

        return moves.ToValueList();
    }

    private static NetworkMove? MoveOf(
        Network network, Dictionary<string, HostStanding> standings, IReadOnlyCollection<HostStanding> hosts, Dictionary<string, int> load)
    {
        if (network.Host is not { } from)
        {
            return Choose(network.Id, hosts, load, null) is { } first
                ? new NetworkMove(network.Id, null, first, $"of {hosts.Count(host => host.MayServe)} hosts that may, {first} serves the fewest networks", MoveKind.Place)
                : null;
        }

        var (standing, next) = (standings.GetValueOrDefault(from), network.Move?.To);
        var nextMay = next is not null && standings.GetValueOrDefault(next) is { MayServe: true };
        if (standing is { Silence: var silence } && silence >= HostLease.Takeover)
        {
            return (nextMay ? next : Choose(network.Id, hosts, load, from)) is { } heir
                ? new NetworkMove(network.Id, from, heir, $"{from} has not been heard of for {(int)HostLease.Takeover.TotalSeconds} s", MoveKind.TakeOver)
                : null;
        }

        var reason = next is not null && !nextMay && network.Move is { } stuck ? stuck.Reason
            : network.Move is null && standing is { IsAlive: true } && standing.Unattended >= HostLease.Takeover
                ? $"nobody has taken from the queue of {from} for {(int)HostLease.Takeover.TotalSeconds} s"
                : null;
        return reason is not null && Choose(network.Id, hosts, load, from) is { } to ? new NetworkMove(network.Id, from, to, reason, MoveKind.HandOver) : null;
    }

    private static string? Choose(Guid networkId, IEnumerable<HostStanding> hosts, Dictionary<string, int> load, string? except) => hosts
        .Where(host => host.MayServe && host.Name != except)
        .OrderBy(host => load.GetValueOrDefault(host.Name))
        .ThenByDescending(host => Weight(networkId, host.Name))
        .ThenBy(host => host.Name, StringComparer.Ordinal)
        .FirstOrDefault()?.Name;

    private static Dictionary<string, int> LoadOf(IEnumerable<Network> networks) => networks
        .Where(network => network.HasOneHost)
        .Select(network => network.Move?.To ?? network.Host)
        .OfType<string>()
        .GroupBy(host => host)
        .ToDictionary(group => group.Key, group => group.Count());

    /// <summary>FNV-1a over the network's id and the host's name, with its bits well mixed: names that end alike must not weigh alike.</summary>
    private static ulong Weight(Guid networkId, string host)
    {
        const ulong fnvOffset = 14695981039346656037, fnvPrime = 1099511628211, mix = 0xff51afd7ed558ccd;
        var hash = $"{networkId}/{host}".Aggregate(fnvOffset, (sum, c) => unchecked((sum ^ c) * fnvPrime));
        hash = unchecked((hash ^ (hash >> 33)) * mix);
        return hash ^ (hash >> 33);
    }
}

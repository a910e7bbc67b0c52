using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Hosts;

/// <summary>What a host has to do for a network that one host serves.</summary>
public enum NetworkTask
{
    /// <summary>Be its gateway and DHCP server.</summary>
    Serve,

    /// <summary>Fall silent for it, and say so: another is ready.</summary>
    GiveOver,

    /// <summary>Have all that it needs, and be silent.</summary>
    Prepare,
}

/// <summary>A host's part in one network.</summary>
/// <param name="NetworkId">Which.</param>
/// <param name="Task">What is to do.</param>
/// <param name="Epoch">Of the network's host, see <see cref="Network.HostEpoch"/>.</param>
/// <param name="IsReady">Of <see cref="NetworkTask.Prepare"/>: that it is ready has been said already.</param>
public sealed record NetworkDuty(Guid NetworkId, NetworkTask Task, long Epoch, bool IsReady)
{
    /// <summary>True while nobody else may answer for the network.</summary>
    public bool IsHeld => Task is not NetworkTask.Prepare;

    /// <summary>The host's part in a network; null: none.</summary>
    public static NetworkDuty? Of(Network network, string host) => network switch
    {
        { MultiHost: true } => null,
        { Host: { } serves, Move: { IsReady: true } } when serves == host => new(network.Id, NetworkTask.GiveOver, network.HostEpoch, true),
        { Host: { } serves } when serves == host => new(network.Id, NetworkTask.Serve, network.HostEpoch, true),
        { Move: { To: { } next } move } when next == host => new(network.Id, NetworkTask.Prepare, network.HostEpoch, move.IsReady),
        _ => null,
    };
}

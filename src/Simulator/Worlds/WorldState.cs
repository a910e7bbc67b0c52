using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Worlds;

/// <param name="Namespaces">Those made, in the order of their making.</param>
/// <param name="Forwarder">Brings the hosts to the loopback services; absent: no broker was named.</param>
/// <param name="Connections">Those with which the world came up.</param>
internal sealed record WorldState(IReadOnlyList<string> Namespaces, ProcessIdentity? Forwarder, Connections? Connections)
{
    public const string FileName = "world.json";
}

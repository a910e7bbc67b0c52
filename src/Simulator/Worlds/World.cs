using System.Net;
using System.Net.Sockets;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Vms;

namespace NovaNetBus.Simulator.Worlds;

/// <summary>Hosts, the segments between them, and a machine outside, each a network namespace.</summary>
internal sealed class World(StateDirectory state)
{
    private static readonly TimeSpan ForwarderBound = TimeSpan.FromSeconds(60);

    public bool IsUp => state.Read<WorldState>(WorldState.FileName) is not null;

    /// <param name="layout">Its hosts.</param>
    /// <param name="connections">What the hosts must reach; null: the world has no way out to this machine.</param>
    /// <param name="ct">Ends the wait; what was made so far is taken away again.</param>
    public async Task UpAsync(WorldLayout layout, Connections? connections, CancellationToken ct)
    {
        if (IsUp)
        {
            throw new SimulatorException("The world is up already; take it down with: novanet-simulator world down");
        }

        RefuseForeignNamespaces(layout);
        try
        {
            await LayAsync(layout, connections, ct);
            if (connections is not null)
            {
                var forwarder = StartForwarder(layout, connections);
                state.Write(new WorldState([.. layout.Namespaces], forwarder, connections), WorldState.FileName);
                await WaitForForwarderAsync(layout, connections, ct);
            }
        }
        catch
        {
            await DownAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Takes away the VMs, the namespaces with all that runs in them, and the forwarder. Nothing happens when the world is not up.</summary>
    public async Task DownAsync(CancellationToken ct)
    {
        if (state.Read<WorldState>(WorldState.FileName) is not { } world)
        {
            return;
        }

        foreach (var vm in new VmRegister(state).All())
        {
            await NetworkNamespace.DeleteAsync(vm.Vm.Namespace, ct);
        }

        foreach (var name in world.Namespaces.Reverse())
        {
            await NetworkNamespace.DeleteAsync(name, ct);
        }

        if (world.Forwarder is { } forwarder)
        {
            await forwarder.StopAsync(ct);
        }

        state.Remove();
    }

    private static void RefuseForeignNamespaces(WorldLayout layout)
    {
        var there = layout.Namespaces.Where(NetworkNamespace.Exists).ToList();
        if (there.Count > 0)
        {
            throw new SimulatorException($"These network namespaces exist and are not this world's: {string.Join(", ", there)}. Remove them with: ip netns del NAME");
        }
    }

    private async Task LayAsync(WorldLayout layout, Connections? connections, CancellationToken ct)
    {
        state.Folder();
        state.Write(new WorldState([.. layout.Namespaces], null, connections), WorldState.FileName);
        foreach (var name in layout.Namespaces)
        {
            await NetworkNamespace.CreateAsync(name, ct);
        }

        await NetworkNamespace.SetSysctlsAsync(WorldPlan.Segment, WorldPlan.SegmentSettings, ct);
        foreach (var arguments in layout.Links())
        {
            await Tool.RunAsync(ct, "ip", arguments);
        }
    }

    private ProcessIdentity StartForwarder(WorldLayout layout, Connections connections)
    {
        IEnumerable<string> namespaces = layout.Hosts.SelectMany(h => new[] { "--namespace", WorldPlan.NamespaceOfHost(h) });
        IEnumerable<string> ports = connections.LoopbackPorts().SelectMany(p => new[] { "--port", p.ToString() });
        var command = DetachedProcess.Self(["forward", .. namespaces, .. ports]);
        return DetachedProcess.Start(null, Path.Combine(state.Folder("logs"), "forwarder.log"), new Dictionary<string, string?>(), command);
    }

    private static async Task WaitForForwarderAsync(WorldLayout layout, Connections connections, CancellationToken ct)
    {
        foreach (var host in layout.Hosts)
        {
            foreach (var port in connections.LoopbackPorts())
            {
                if (!await Wait.UntilAsync(() => AnswersAsync(WorldPlan.NamespaceOfHost(host), port, ct), ForwarderBound, ct))
                {
                    throw new SimulatorException($"The forwarder does not listen on port {port} of {host}.");
                }
            }
        }
    }

    private static async Task<bool> AnswersAsync(string name, int port, CancellationToken ct)
    {
        using var socket = NetworkNamespace.TcpSocket(name);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

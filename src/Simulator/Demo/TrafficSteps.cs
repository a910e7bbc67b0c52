using System.Net;
using System.Net.Sockets;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>Who reaches whom, with real packets.</summary>
internal sealed class TrafficSteps(Stage stage)
{
    private const int Count = 5;
    private const int OutsidePort = 8080;

    public Task<Proof> OnOneHostAsync(CancellationToken ct) => PairsAsync([("red-1", "red-2"), ("blue-2", "blue-3")], ct);

    public Task<Proof> AcrossHostsAsync(CancellationToken ct) => PairsAsync([("red-1", "red-3"), ("blue-3", "blue-1")], ct);

    /// <summary>The outside machine tells which source it saw; it has no route to the fixed range at all.</summary>
    public async Task<Proof> OutsideSeesTheHostAsync(CancellationToken ct)
    {
        using var listener = NetworkNamespace.TcpSocket(WorldPlan.Outside);
        listener.Bind(new IPEndPoint(IPAddress.Parse(WorldPlan.OutsideAddress), OutsidePort));
        listener.Listen();
        List<string> told = [];
        var holds = true;
        foreach (var name in new[] { "red-1", "blue-2" })
        {
            var vm = stage.Vm(name).Vm;
            var seen = await VisitAsync(listener, vm.Namespace, ct);
            holds &= seen == WorldPlan.PublicAddressOf(vm.Host);
            told.Add($"{name} ({vm.Address}) was seen as {seen}");
        }

        return new Proof(holds, $"{string.Join("; ", told)} by {WorldPlan.OutsideAddress}");
    }

    private static async Task<string> VisitAsync(Socket listener, string from, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(Stage.Bound);
        using var client = NetworkNamespace.TcpSocket(from);
        var accepted = listener.AcceptAsync(end.Token);
        await client.ConnectAsync(listener.LocalEndPoint!, end.Token);
        using var server = await accepted;
        return ((IPEndPoint)server.RemoteEndPoint!).Address.ToString();
    }

    private async Task<Proof> PairsAsync((string From, string To)[] pairs, CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var (from, to) in pairs)
        {
            var count = await Ping.CountAsync(stage.Vm(from).Vm.Namespace, stage.Vm(to).Vm.Address, Count, ct);
            holds &= count.Lost == 0;
            told.Add($"{from} → {to} ({stage.Vm(to).Vm.Address}): {count} answered");
        }

        return new Proof(holds, string.Join("; ", told));
    }
}

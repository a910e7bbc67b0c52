using System.Runtime.InteropServices;
using System.Text.Json;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Load;

/// <summary>A host with a VM and a machine outside, each a namespace; <see cref="FloatingBench"/> runs inside the host's.</summary>
internal static class FloatingBenchWorld
{
    public const string Host = "nn-bench-host", Outside = "nn-bench-out", Vm = "nn-bench-vm", Port = "tap0";

    /// <summary>Lays it out, measures in it, and takes it away.</summary>
    public static async Task<BenchReport> RunAsync(string commit, TextWriter output, CancellationToken ct)
    {
        var file = Path.GetTempFileName();
        try
        {
            await LayAsync(ct);
            var said = await Tool.RunInAsync(ct, Host, [.. DetachedProcess.Self("bench", "floating", "--inside", file)]);
            await output.WriteAsync(said);
            var figures = JsonSerializer.Deserialize<Figure[]>(await File.ReadAllTextAsync(file, ct), JsonSerializerOptions.Web)!;
            var machine = $"{Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, {RuntimeInformation.OSDescription}";
            return new BenchReport("floating", machine, commit, TimeProvider.System.GetUtcNow(), figures);
        }
        finally
        {
            File.Delete(file);
            foreach (var name in (string[])[Vm, Outside, Host])
            {
                await NetworkNamespace.DeleteAsync(name, CancellationToken.None);
            }
        }
    }

    /// <summary>Inside the host: the figures go to the file.</summary>
    public static void MeasureInside(string file, TextWriter output) =>
        File.WriteAllText(file, JsonSerializer.Serialize(new FloatingBench(Outside, Vm, output).Run(), JsonSerializerOptions.Web));

    private static async Task LayAsync(CancellationToken ct)
    {
        foreach (var name in (string[])[Host, Outside, Vm])
        {
            await NetworkNamespace.CreateAsync(name, ct);
        }

        string[] lines =
        [
            $"-n {Host} link add eth0 type veth peer name eth0 netns {Outside}", $"-n {Host} addr add 198.18.0.1/16 dev eth0", $"-n {Host} link set eth0 up",
            $"-n {Outside} addr add 198.18.0.2/16 dev eth0", $"-n {Outside} link set eth0 up",
            $"-n {Host} link add {Port} type veth peer name eth0 address fa:16:3e:00:00:0a netns {Vm}", $"-n {Host} link set {Port} up",
            $"-n {Vm} addr add 10.4.0.10/16 dev eth0", $"-n {Vm} link set eth0 up", $"-n {Vm} route add default via 10.4.0.1",
        ];
        foreach (var line in lines)
        {
            await Tool.RunAsync(ct, "ip", line.Split(' '));
        }
    }
}

using NovaNetBus.Contracts;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>The demo looks back on itself, by the log alone.</summary>
internal sealed class AuditSteps(Stage stage)
{
    private const int MostLines = 6;

    /// <summary>The VM that came and went some steps ago: who had its address then, and who has it now.</summary>
    public async Task<Proof> WhoHeldItThenAsync(CancellationToken ct)
    {
        var (allocated, configured) = await FirstThatWentAsync(ct);
        var (instance, address) = (allocated.Data.GetProperty("instanceId").GetGuid(), AddressOf(allocated));
        var then = await stage.Operator.OwnerAsync(address, configured.At, ct);
        var now = await stage.Operator.OwnerAsync(address, null, ct);
        var actions = configured.Actions ?? [];
        return new Proof(
            then.InstanceId == instance && now.InstanceId != instance && actions.Count > 0,
            $"novanet address owner {address} --at {configured.At:HH:mm:ss.fff}: {then.InstanceId} ({then.State}); now: {now.InstanceId?.ToString() ?? "nobody"} ({now.State}); "
            + $"asked by {configured.User ?? "nobody who told"}, caused by {configured.CausationId}; the host did {actions.Count} things, such as: {actions.FirstOrDefault()}");
    }

    /// <summary>The same host's rules at that moment and now; those of then load.</summary>
    public async Task<Proof> RulesThenAndNowAsync(CancellationToken ct)
    {
        var (allocated, configured) = await FirstThatWentAsync(ct);
        var (host, port) = (allocated.Data.GetProperty("host").GetString()!, allocated.Data.GetProperty("ports")[0].GetProperty("portName").GetString()!);
        var then = (await stage.Operator.RenderAsync(host, configured.At, ct)).Nft!;
        var now = (await stage.Operator.RenderAsync(host, null, ct)).Nft!;
        var file = stage.State.File("then.nft");
        await File.WriteAllTextAsync(file, then, ct);
        await Tool.RunInAsync(ct, WorldPlan.NamespaceOfHost(host), "nft", "--check", "--file", file);
        string[] gone = [.. Elements(then).Except(Elements(now))], come = [.. Elements(now).Except(Elements(then))];
        return new Proof(
            gone.Any(element => element.Contains(port, StringComparison.Ordinal)) && !Elements(now).Any(element => element.Contains(port, StringComparison.Ordinal)),
            $"novanet host render {host}: - {string.Join(" - ", gone.Take(MostLines))}{(come.Length > 0 ? " + " + string.Join(" + ", come.Take(MostLines)) : "")}; those of then load (nft --check)");
    }

    /// <summary>What was allocated and configured for the first instance that has been released.</summary>
    private async Task<(EventRow Allocated, EventRow Configured)> FirstThatWentAsync(CancellationToken ct)
    {
        var released = (await stage.Operator.EventsAsync(ct, "--type", "instance-network-released")).First();
        var story = await stage.Operator.EventsAsync(ct, "--instance", released.CorrelationId!);
        return (story.First(row => row.Type == "instance-network-allocated"), story.First(row => row.Type == "instance-network-configured"));
    }

    private static string AddressOf(EventRow allocated) => allocated.Data.GetProperty("ports")[0].GetProperty("address").GetString()!;

    /// <summary>Each element by itself, with its set.</summary>
    private static IEnumerable<string> Elements(string rules) => rules.Split('\n')
        .Where(line => line.StartsWith("add element ", StringComparison.Ordinal))
        .SelectMany(line => line[(line.IndexOf('{') + 1)..line.LastIndexOf('}')].Split(',').Select(element => $"{line.Split(' ')[4]} {element.Trim()}"));
}

using System.Text.Json;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Vms;

namespace NovaNetBus.Simulator.Demo;

/// <summary>What a VM is told of itself at 169.254.169.254, by curl in it.</summary>
internal sealed class MetadataSteps(Stage stage)
{
    private const string LocalAddress = "/latest/meta-data/local-ipv4", InstanceDocument = "/openstack/latest/meta_data.json", UserData = "/openstack/latest/user_data";

    /// <summary>EC2's tree and OpenStack's, on both hosts.</summary>
    public async Task<Proof> ReadsItselfAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var name in new[] { "red-1", "blue-2" })
        {
            var vm = stage.Vm(name).Vm;
            var address = await AskAsync(name, LocalAddress, ct);
            var document = await AskAsync(name, InstanceDocument, ct);
            var userData = await AskAsync(name, UserData, ct);
            var uuid = document.Status == 200 ? JsonDocument.Parse(document.Body).RootElement.GetProperty("uuid").GetGuid() : Guid.Empty;
            holds &= address == (200, vm.Address) && uuid == vm.InstanceId && userData == (200, VmRunner.UserDataOf(name));
            told.Add($"{name} on {vm.Host}: local-ipv4 {address.Body}, uuid {uuid}, user data '{userData.Body.Split('\n')[^1]}'");
        }

        return new Proof(holds, string.Join("; ", told));
    }

    /// <summary>Neither what a VM writes nor from where it says to come makes it another.</summary>
    public async Task<Proof> NotAnothersAsync(CancellationToken ct)
    {
        var (own, other) = (stage.Vm("red-1").Vm, stage.Vm("blue-1").Vm);
        var lied = await AskAsync(
            "red-1", LocalAddress, ct, "-H", $"X-Forwarded-For: {other.Address}", "-H", $"X-Instance-ID: {other.InstanceId}", "-H", $"Host: {other.Address}");
        await Tool.RunInAsync(ct, own.Namespace, "ip", "address", "add", other.Address + "/32", "dev", "eth0");
        var posed = await AskAsync("red-1", LocalAddress, ct, "--interface", other.Address, "--max-time", "2");
        await Tool.RunInAsync(ct, own.Namespace, "ip", "address", "del", other.Address + "/32", "dev", "eth0");
        var honest = await AskAsync("blue-1", LocalAddress, ct);
        return new Proof(
            lied == (200, own.Address) && posed.Status == 0 && honest == (200, other.Address),
            $"red-1 with headers that name blue-1 is told {lied.Body}, its own; with blue-1's address as its source {(posed.Status == 0 ? "nothing" : posed.Body)}; blue-1 itself is told {honest.Body}");
    }

    /// <returns>Status 0: no answer.</returns>
    private async Task<(int Status, string Body)> AskAsync(string name, string path, CancellationToken ct, params string[] more)
    {
        var result = await Tool.TryAsync(
            ct, "ip", ["netns", "exec", stage.Vm(name).Vm.Namespace, "curl", "-s", "--max-time", "10", "-w", "\n%{http_code}", .. more, "http://169.254.169.254" + path]);
        var end = result.Output.LastIndexOf('\n');
        return end >= 0 && int.TryParse(result.Output[(end + 1)..], out var status) ? (status, result.Output[..end]) : (0, "");
    }
}

using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using Xunit;

namespace NovaNetBus.Integration.Tests;

/// <summary>Floating IPs by messages and by the operator's tool, through the published scheduler and the workers of two hosts.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class floating_ips(RunningPrograms programs) : IAsyncLifetime
{
    private static int used;
    private readonly string net = $"198.19.{Interlocked.Increment(ref used)}", pool = $"pool-{used}", project = $"project-{used}";
    private ComputeService compute = null!;
    private AskingForFacts asking = null!;
    private string Neighbour => programs.Host + "-b";

    public async ValueTask InitializeAsync()
    {
        compute = await ComputeService.ConnectAsync();
        asking = new AskingForFacts(compute);
        if (used == 1)
        {
            await programs.StartWorkerAsync(Neighbour);
        }

        // Of the test's own project, so that no other test's instances get it.
        await programs.NovanetAsync("network", "create", pool, "--fixed-range-v4", $"10.88.{used}.0/24", "--multi-host", "true", "--project", project);
        await programs.NovanetAsync("floating", "create", "--ip-range", $"{net}.0/28", "--pool", pool);
    }

    public ValueTask DisposeAsync() => compute.DisposeAsync();

    [Fact]
    public async Task an_operator_gives_and_takes_them()
    {
        var vm = await SpawnAsync(programs.Host);
        var address = (await RowAsync("floating", "allocate", "--project", project, "--pool", pool)).GetProperty("address").GetString()!;

        var row = await RowAsync("floating", "associate", address, "--instance", $"{vm.InstanceId}");
        Assert.Equal((vm.Vifs[0].Address, $"{vm.InstanceId}", programs.Host), (Text(row, "fixedIp"), Text(row, "instanceId"), Text(row, "host")));
        Assert.Equal([address], Configured(await RowAsync("instance", "show", $"{vm.InstanceId}")).Vifs[0].FloatingIps);
        await RefusedAsync("floating-ip-associated", "floating", "release", address, "--project", project);
        await RefusedAsync("floating-ip-associated", "floating", "delete", "--ip-range", $"{net}.0/28");

        row = await RowAsync("floating", "disassociate", address);
        Assert.Equal((null, null, project), (Text(row, "fixedIp"), Text(row, "instanceId"), Text(row, "projectId")));
        await RefusedAsync("floating-ip-not-associated", "floating", "disassociate", address);
        await RefusedAsync("forbidden", "floating", "release", address, "--project", "somebody");
        Assert.Null(Text(await RowAsync("floating", "release", address, "--project", project), "projectId"));
        Assert.Contains((await RowsAsync("floating", "pools")).EnumerateArray(), found => Text(found, "pool") == pool && found.GetProperty("free").GetInt32() == 14);
        await programs.NovanetAsync("floating", "delete", "--ip-range", $"{net}.0/28");
    }

    [Fact]
    public async Task a_message_that_names_no_host_finds_its_way()
    {
        var vm = await SpawnAsync(Neighbour);
        await compute.BindAsync(Wire.Facts[typeof(FloatingIpAssociated)], "#");

        var associated = await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(vm.InstanceId, project, Pool: pool));

        Assert.Equal((vm.InstanceId, Neighbour, vm.Vifs[0].Address), (associated.InstanceId, associated.Host, associated.FixedIp));
        Assert.Equal(associated, await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(vm.InstanceId, project, Pool: pool)));
        var disassociated = await asking.AskAsync<FloatingIpDisassociated>(new FloatingDisassociate(associated.FloatingIp, project), messageId: $"first {net}");
        Assert.Equal(new FloatingIpDisassociated(associated.FloatingIp, associated.FixedIp, vm.InstanceId, Neighbour), disassociated);
        Assert.Equal(disassociated, await asking.AskAsync<FloatingIpDisassociated>(new FloatingDisassociate(associated.FloatingIp, project), messageId: $"first {net}"));
        Assert.Equal("floating-ip-not-associated", await asking.RefusedAsync(new FloatingDisassociate(associated.FloatingIp, project)));
    }

    [Fact]
    public async Task one_that_leads_to_an_instance_of_another_host_is_let_go_of_there_first()
    {
        var (here, there) = (await SpawnAsync(programs.Host), await SpawnAsync(Neighbour));
        var floating = (await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(here.InstanceId, project, Pool: pool))).FloatingIp;

        // To either worker's queue: whoever has it gives it on.
        foreach (var (target, key) in new[] { (there, programs.Host), (here, programs.Host), (there, Neighbour), (here, "") })
        {
            var moved = await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(target.InstanceId, project, floating), key);
            Assert.Equal((target.InstanceId, target.Host), (moved.InstanceId, moved.Host));
        }

        Assert.Empty(Configured(await RowAsync("instance", "show", $"{there.InstanceId}")).Vifs[0].FloatingIps);
        Assert.Equal([floating], Configured(await RowAsync("instance", "show", $"{here.InstanceId}")).Vifs[0].FloatingIps);
    }

    [Fact]
    public async Task deleting_the_instance_leaves_it_with_its_project()
    {
        var vm = await SpawnAsync(programs.Host);
        var floating = (await asking.AskAsync<FloatingIpAssociated>(new FloatingAssociate(vm.InstanceId, project, Pool: pool))).FloatingIp;
        await using var listener = await ComputeService.ConnectAsync();
        await listener.BindAsync(Wire.Facts[typeof(FloatingIpDisassociated)], programs.Host);

        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(vm.InstanceId, programs.Host), programs.Host);

        Assert.Equal(floating, (await listener.NextAsync()).Json.GetProperty("floatingIp").GetString());
        var row = Assert.Single((await RowsAsync("floating", "list", "--project", project)).EnumerateArray());
        Assert.Equal((floating, null), (Text(row, "address"), Text(row, "instanceId")));
    }

    [Fact]
    public async Task what_cannot_be_is_refused_with_its_code()
    {
        var vm = await SpawnAsync(programs.Host);

        Assert.Equal("floating-ip-pool-not-found", await asking.RefusedAsync(new FloatingAssociate(vm.InstanceId, project, Pool: "no such pool")));
        Assert.Equal("floating-ip-not-found", await asking.RefusedAsync(new FloatingAssociate(vm.InstanceId, project, "192.0.2.77")));
        Assert.Equal("forbidden", await asking.RefusedAsync(new FloatingAssociate(vm.InstanceId, project, $"{net}.3")));
        Assert.Equal("instance-not-found", await asking.RefusedAsync(new FloatingAssociate(Guid.NewGuid(), project, Pool: pool)));
        Assert.Equal("fixed-ip-not-found-for-specific-instance", await asking.RefusedAsync(new FloatingAssociate(vm.InstanceId, project, Pool: pool, FixedIp: "10.88.255.1")));
        Assert.Equal("floating-ip-not-found", await asking.RefusedAsync(new FloatingDisassociate("192.0.2.77", project)));

        await programs.NovanetAsync("project", "quota", project, "--floating-ips", "0");
        Assert.Equal("floating-ip-limit-exceeded", await asking.RefusedAsync(new FloatingAssociate(vm.InstanceId, project, Pool: pool)));
        await RefusedAsync("floating-ip-limit-exceeded", "floating", "allocate", "--project", project, "--pool", pool);
    }

    private Task<HostNetworkConfigured> SpawnAsync(string host) =>
        asking.AskAsync<HostNetworkConfigured>(new InstanceSpawning(Guid.NewGuid(), project, host, "vm", [new RequestedNetwork(pool)]), host);

    private async Task<JsonElement> RowsAsync(params string[] words) => JsonDocument.Parse(await programs.NovanetAsync([.. words, "--output", "json"])).RootElement;

    private async Task<JsonElement> RowAsync(params string[] words) => await RowsAsync(words) switch
    {
        { ValueKind: JsonValueKind.Array } rows => rows.EnumerateArray().Single(),
        var row => row,
    };

    private async Task RefusedAsync(string code, params string[] words) =>
        Assert.Contains(code, (await Assert.ThrowsAsync<InvalidOperationException>(() => programs.NovanetAsync(words))).Message, StringComparison.Ordinal);

    private static HostNetworkConfigured Configured(JsonElement instance) =>
        instance.GetProperty("configured").Deserialize<HostNetworkConfigured>(new JsonSerializerOptions(JsonSerializerDefaults.Web))!;

    private static string? Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;
}

using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using Xunit;

namespace NovaNetBus.Integration.Tests.Programs;

/// <summary>With the published programs: addresses that come and go, reserved ones, and a host that is forgotten with its queue.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class addresses_of_running_instances(RunningPrograms programs)
{
    [Fact]
    public async Task come_and_go_by_way_of_the_scheduler_too_and_a_forgotten_hosts_queue_is_answered()
    {
        await programs.NovanetAsync("network", "create", "spare", "--fixed-range-v4", "10.77.0.0/24", "--multi-host", "true", "--share-address", "true", "--bridge", "br77", "--project", "p");
        await using var compute = await ComputeService.ConnectAsync();
        var id = Guid.NewGuid();
        var spawned = await AskAsync(compute, "novanet.instance-spawning", programs.Host, $$"""{"instanceId":"{{id}}","projectId":"p","host":"{{programs.Host}}","hostname":"vm","networks":[{"network":"spare"}]}""");
        Assert.Equal(("novanet.host-network-configured", 1), (spawned.Type, spawned.Json.GetProperty("vifs").GetArrayLength()));

        var added = await AskAsync(compute, "novanet.fixed-ip-add", "no-such-host", $$"""{"instanceId":"{{id}}","network":"spare"}""");
        var vifs = added.Json.GetProperty("vifs").EnumerateArray().ToList();
        Assert.Equal(2, added.Json.GetProperty("generation").GetInt64());
        Assert.Equal(vifs[0].GetProperty("macAddress").GetString(), vifs[1].GetProperty("macAddress").GetString());
        Assert.NotEqual(vifs[0].GetProperty("address").GetString(), vifs[1].GetProperty("address").GetString());

        var address = vifs[0].GetProperty("address").GetString()!;
        var removed = await AskAsync(compute, "novanet.fixed-ip-remove", programs.Host, $$"""{"instanceId":"{{id}}","address":"{{address}}"}""");
        Assert.Equal((3, 1), (removed.Json.GetProperty("generation").GetInt64(), removed.Json.GetProperty("vifs").GetArrayLength()));
        Assert.Contains("\"reserved\"", await programs.NovanetAsync("fixed", "reserve", address, "--output", "json"), StringComparison.Ordinal);
        Assert.Contains("\"free\"", await programs.NovanetAsync("fixed", "unreserve", address, "--output", "json"), StringComparison.Ordinal);

        var (gone, there) = (programs.Host + "-gone", Guid.NewGuid());
        await using (var worker = programs.Start(
            RunningPrograms.Published("novanet-worker"), "--host", gone, "--fake_network=true", "--multi_host=true", "--http_listen=127.0.0.1:0", "--state_path", Path.GetTempPath()))
        {
            await Eventually.HoldsAsync("the second worker has joined", async () => (await programs.NovanetAsync("host", "list", "--output", "json")).Contains(gone, StringComparison.Ordinal));
            var onIt = await AskAsync(compute, "novanet.instance-spawning", gone, $$"""{"instanceId":"{{there}}","projectId":"p","host":"{{gone}}","hostname":"vm","networks":[{"network":"spare"}]}""");
            Assert.Equal("novanet.host-network-configured", onIt.Type);
        }

        var late = Guid.NewGuid();
        await compute.PublishAsync("novanet.instance-spawning", gone, $$"""{"instanceId":"{{late}}","projectId":"p","host":"{{gone}}","hostname":"vm"}""", properties => properties.ReplyTo = compute.Queue);
        await Eventually.HoldsAsync("the host is forgotten", () => ForgottenAsync(gone));
        var refused = await compute.NextAsync();
        if (refused.Json.GetProperty("instanceId").GetGuid() == there)
        {
            refused = await compute.NextAsync(); // the worker was killed before it could acknowledge what it had answered, so that came again
        }

        Assert.Equal((late, "host-not-found"), (refused.Json.GetProperty("instanceId").GetGuid(), refused.Json.GetProperty("code").GetString()));
        Assert.DoesNotContain(gone, await programs.NovanetAsync("fixed", "list", "--network", "spare", "--output", "json"), StringComparison.Ordinal);
        Assert.DoesNotContain(gone, await programs.NovanetAsync("host", "list", "--output", "json"), StringComparison.Ordinal);
        await AskAsync(compute, "novanet.instance-deleted", programs.Host, $$"""{"instanceId":"{{id}}"}""");
    }

    /// <summary>Not before its last heartbeat is old enough.</summary>
    private async Task<bool> ForgottenAsync(string host)
    {
        try
        {
            await programs.NovanetAsync("host", "forget", host, "--output", "json");
            return true;
        }
        catch (InvalidOperationException refusal) when (refusal.Message.Contains(ErrorCodes.HostIsAlive, StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static async Task<(string Type, JsonElement Json)> AskAsync(ComputeService compute, string exchange, string key, string json)
    {
        await compute.PublishAsync(exchange, key, json, properties => (properties.ReplyTo, properties.MessageId) = (compute.Queue, Guid.NewGuid().ToString()));
        var answer = await compute.NextAsync();
        return (answer.Properties.Type!, answer.Json);
    }
}

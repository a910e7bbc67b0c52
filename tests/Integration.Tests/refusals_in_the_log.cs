using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using RabbitMQ.Client;
using Xunit;

namespace NovaNetBus.Integration.Tests;

/// <summary>What was asked for and not done is in the log too: with its code, who asked, and why. Through the published programs.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class refusals_in_the_log(RunningPrograms programs) : IAsyncLifetime
{
    private static readonly string User = new ConnectionFactory { Uri = new Uri(Services.RabbitMq) }.UserName;
    private readonly Guid instance = Guid.NewGuid();
    private readonly string message = Guid.NewGuid().ToString();
    private ComputeService compute = null!;

    public async ValueTask InitializeAsync() => compute = await ComputeService.ConnectAsync();

    public ValueTask DisposeAsync() => compute.DisposeAsync();

    [Fact]
    public async Task an_instance_that_gets_no_network_is_one_of_its_host_however_often_its_message_comes()
    {
        var spawning = new InstanceSpawning(instance, "refused", programs.Host, "vm", [new RequestedNetwork("no such network")]);
        Assert.Equal("network-not-found", await RefusedAsync(spawning, programs.Host));
        Assert.Equal("network-not-found", await RefusedAsync(spawning, programs.Host));

        var refusal = Assert.Single(await RefusalsAsync("--instance", $"{instance}"));
        Assert.Equal(("network-not-found", User, instance.ToString(), message), Facts(refusal));
        Assert.Equal((programs.Host, "novanet-worker"), (refusal.Host, refusal.Program));
        Assert.Equal(instance, refusal.Data.GetProperty("instanceId").GetGuid());
    }

    [Fact]
    public async Task a_floating_ip_that_nobody_has_is_one_of_whoever_found_that_out()
    {
        Assert.Equal("instance-not-found", await RefusedAsync(new FloatingAssociate(instance, "refused", "192.0.2.99"), ""));

        var refusal = Assert.Single(await RefusalsAsync("--instance", $"{instance}"));
        Assert.Equal(("instance-not-found", User, instance.ToString(), message), Facts(refusal));
        Assert.Equal(("novanet-scheduler", "novanet.floating-associate"), (refusal.Program, refusal.Data.GetProperty("request").GetString()));
    }

    [Fact]
    public async Task an_operators_command_is_one_and_a_question_is_none()
    {
        var before = (await RefusalsAsync()).Count;
        await Assert.ThrowsAsync<InvalidOperationException>(() => programs.NovanetAsync("network", "create", "refused", "--fixed-range-v4", "192.0.2.0/24"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => programs.NovanetAsync("network", "show", "no such network"));

        var refusals = await RefusalsAsync();
        Assert.Equal(before + 1, refusals.Count);
        Assert.Equal(
            ("address-out-of-range", "network create", User, "novanet-scheduler"),
            (Facts(refusals[^1]).Code, refusals[^1].Data.GetProperty("request").GetString(), refusals[^1].User, refusals[^1].Program));
        Assert.False(string.IsNullOrEmpty(refusals[^1].CorrelationId) || string.IsNullOrEmpty(refusals[^1].CausationId));
        Assert.Contains("192.0.2.0/24", refusals[^1].Data.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static (string? Code, string? User, string? Correlation, string? Causation) Facts(EventRow row) =>
        (row.Data.GetProperty("code").GetString(), row.User, row.CorrelationId, row.CausationId);

    /// <summary>The code that is told; the message says who has sent it, which the broker checks.</summary>
    private async Task<string?> RefusedAsync(object asked, string routingKey)
    {
        await compute.PublishAsync(
            Wire.ComputeEvents[asked.GetType()], routingKey, JsonSerializer.Serialize(asked, asked.GetType(), JsonSerializerOptions.Web),
            properties => (properties.ReplyTo, properties.CorrelationId, properties.MessageId, properties.UserId) = (compute.Queue, "asked", message, User));
        return (await compute.NextAsync()).Json.GetProperty("code").GetString();
    }

    private async Task<List<EventRow>> RefusalsAsync(params string[] filter) => JsonSerializer.Deserialize<List<EventRow>>(
        await programs.NovanetAsync(["events", "list", "--type", "request-refused", .. filter, "--output", "json"]), JsonSerializerOptions.Web)!;
}

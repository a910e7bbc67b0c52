using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using Xunit;

namespace NovaNetBus.Integration.Tests.Programs;

/// <summary>A compute service that publishes with reply_to, and reads the answers by their correlation.</summary>
internal sealed class AskingForFacts(ComputeService compute)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The fact that a message leads to; with another one, the test fails and shows it.</summary>
    public async Task<TFact> AskAsync<TFact>(object message, string routingKey = "", string? messageId = null)
    {
        var answer = await AnswerAsync(message, routingKey, messageId);
        Assert.True(answer.Properties.Type == Wire.Facts[typeof(TFact)], $"{answer.Properties.Type}: {answer.Json}");
        return JsonSerializer.Deserialize<TFact>(answer.Body, Json)!;
    }

    /// <summary>The code with which a message is refused.</summary>
    public async Task<string> RefusedAsync(object message, string routingKey = "") => (await AskAsync<InstanceNetworkFailed>(message, routingKey)).Code;

    private async Task<Received> AnswerAsync(object message, string routingKey, string? messageId)
    {
        var correlation = Guid.NewGuid().ToString();
        await compute.PublishAsync(
            Wire.ComputeEvents[message.GetType()], routingKey, JsonSerializer.Serialize(message, message.GetType(), Json),
            properties => (properties.ReplyTo, properties.CorrelationId, properties.MessageId) = (compute.Queue, correlation, messageId));
        while (true)
        {
            var received = await compute.NextAsync();
            if (received.Properties.CorrelationId == correlation)
            {
                return received;
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using NovaNetBus.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace NovaNetBus.Simulator.Load;

/// <summary>Many fresh instances of one host: published, and timed until host-network-configured is received as any listener receives it.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly IChannel _publishing;
    private readonly IChannel _listening;
    private readonly string _host;
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = new();

    private Fleet(IChannel publishing, IChannel listening, string host)
    {
        _publishing = publishing;
        _listening = listening;
        _host = host;
    }

    public static async Task<Fleet> ConnectAsync(IConnection connection, string host, CancellationToken ct)
    {
        var listening = await connection.CreateChannelAsync(cancellationToken: ct);
        var fleet = new Fleet(await connection.CreateChannelAsync(cancellationToken: ct), listening, host);
        var queue = (await listening.QueueDeclareAsync(queue: "", durable: false, exclusive: true, autoDelete: true, cancellationToken: ct)).QueueName;
        foreach (var fact in new[] { typeof(HostNetworkConfigured), typeof(InstanceNetworkReleased), typeof(InstanceNetworkFailed) })
        {
            await listening.QueueBindAsync(queue, Wire.Facts[fact], "#", cancellationToken: ct);
        }

        var consumer = new AsyncEventingBasicConsumer(listening);
        consumer.ReceivedAsync += fleet.OnFactAsync;
        await listening.BasicConsumeAsync(queue, autoAck: true, consumer, ct);
        return fleet;
    }

    /// <summary>Spawns so many, never more than <paramref name="inFlight"/> unanswered, and deletes them again untimed.</summary>
    public async Task<FleetResult> SpawnAsync(int count, int inFlight, CancellationToken ct)
    {
        var spawned = new ConcurrentBag<Guid>();
        var timings = new Timings();
        var start = Stopwatch.GetTimestamp();
        await EachAsync(count, inFlight, async i =>
        {
            var id = Guid.NewGuid();
            var published = Stopwatch.GetTimestamp();
            await AskAsync(id, new InstanceSpawning(id, "load", _host, $"load-{i}"), ct);
            var time = Stopwatch.GetElapsedTime(published);
            lock (timings)
            {
                timings.Add(time);
            }

            spawned.Add(id);
        });
        var elapsed = Stopwatch.GetElapsedTime(start);
        await EachAsync(spawned.Count, Math.Max(inFlight, 32), _ => spawned.TryTake(out var id) ? AskAsync(id, new InstanceDeleted(id, _host), ct) : Task.CompletedTask);
        return new FleetResult(timings, count / elapsed.TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _publishing.DisposeAsync();
        await _listening.DisposeAsync();
    }

    private static async Task EachAsync(int count, int inFlight, Func<int, Task> action)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(count, inFlight)).Select(async _ =>
        {
            int i;
            while ((i = Interlocked.Increment(ref next)) < count)
            {
                await action(i);
            }
        }));
    }

    private async Task AskAsync(Guid id, object message, CancellationToken ct)
    {
        var answer = _waiting.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var properties = new BasicProperties { ContentType = "application/json", DeliveryMode = DeliveryModes.Persistent, MessageId = Guid.NewGuid().ToString() };
        await _publishing.BasicPublishAsync(
            Wire.ExchangeOf(message.GetType()), _host, mandatory: false, properties, JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), Json), ct);
        try
        {
            await answer.Task.WaitAsync(Bound, ct);
        }
        catch (TimeoutException)
        {
            throw new SimulatorException($"No answer for instance {id} on {_host} within {Bound.TotalSeconds:0} s.");
        }
    }

    private Task OnFactAsync(object sender, BasicDeliverEventArgs delivery)
    {
        var fact = JsonSerializer.Deserialize<FactOfInstance>(delivery.Body.Span, Json)!;
        if (_waiting.TryRemove(fact.InstanceId, out var answer))
        {
            if (fact.Code is null)
            {
                answer.SetResult();
            }
            else
            {
                answer.SetException(new SimulatorException($"{fact.Code}: {fact.Message}"));
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>What all three facts have, and what only the refusal has.</summary>
    private sealed record FactOfInstance(Guid InstanceId, string? Code, string? Message);
}

/// <param name="Timings">Published to received.</param>
/// <param name="Rate">Instances per second.</param>
internal sealed record FleetResult(Timings Timings, double Rate);

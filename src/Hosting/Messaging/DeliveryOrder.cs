using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>
/// Keeps the broker's order where consumers hand their messages over, although they run concurrently: MassTransit hands deliveries to several loops
/// in order, but those race. The first filter of the endpoint; each channel has its own order, so a reconnect starts afresh.
/// </summary>
public sealed class DeliveryOrder : IFilter<ReceiveContext>, IReceiveEndpointObserver
{
    /// <summary>A delivery is read and registered within microseconds of the one before it; this long means that it was dropped.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConditionalWeakTable<IChannel, DeliverySequencer> _channels = [];
    private CancellationTokenSource _stopping = new();

    /// <summary>
    /// Returns when all deliveries before this one have passed or ended. Throws <see cref="OperationCanceledException"/> when the bus stops or the channel
    /// is lost; the message is delivered again then. Dispose of the turn, or pass it, as soon as the message is handed over.
    /// </summary>
    public static async Task<DeliveryTurn> TurnAsync(ConsumeContext context)
    {
        if (!context.ReceiveContext.TryGetPayload(out DeliveryTurn? turn))
        {
            throw new InvalidOperationException("The endpoint keeps no delivery order.");
        }

        await turn.WaitAsync(context.CancellationToken);
        return turn;
    }

    async Task IFilter<ReceiveContext>.Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        using var turn = Register(context);
        await next.Send(context);
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("deliveryOrder");

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready)
    {
        if (_stopping.IsCancellationRequested)
        {
            _stopping = new CancellationTokenSource();
        }

        return Task.CompletedTask;
    }

    /// <summary>From here on deliveries are dropped, so a turn may never come: who waits gives up and is delivered again later.</summary>
    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => _stopping.CancelAsync();

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    private DeliveryTurn? Register(ReceiveContext context)
    {
        if (!context.TryGetPayload(out ChannelContext? channel) || !context.TryGetPayload(out RabbitMqBasicConsumeContext? delivery))
        {
            return null;
        }

        var sequencer = _channels.GetValue(channel.Channel, _ => new DeliverySequencer(Patience, TimeProvider.System));
        sequencer.Arrive(delivery.DeliveryTag);
        var stopping = _stopping.Token;
        return context.AddOrUpdatePayload(() => new DeliveryTurn(sequencer, delivery.DeliveryTag, stopping), turn => turn);
    }
}

/// <summary>One delivery's place in its channel's order.</summary>
public sealed class DeliveryTurn : IDisposable
{
    private readonly DeliverySequencer _sequencer;
    private readonly ulong _tag;
    private readonly CancellationToken _stopping;

    internal DeliveryTurn(DeliverySequencer sequencer, ulong tag, CancellationToken stopping) => (_sequencer, _tag, _stopping) = (sequencer, tag, stopping);

    /// <summary>Lets the next delivery go. Again: nothing happens.</summary>
    public void Pass() => _sequencer.Pass(_tag);

    /// <summary>The same as <see cref="Pass"/>.</summary>
    public void Dispose() => Pass();

    internal async Task WaitAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping);
        await _sequencer.TurnAsync(_tag, either.Token);
    }
}

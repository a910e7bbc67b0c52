using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>
/// MassTransit's door for plain JSON: no envelope, no header needed. The whole message is read here, so that whatever is wrong with it
/// ends in the error queue before any consumer sees it.
/// </summary>
internal sealed class PlainJsonSerializer(MessageTypes types) : ISerializerFactory, IMessageDeserializer
{
    public ContentType ContentType { get; } = new("application/json");

    public IMessageSerializer CreateSerializer() => new SystemTextJsonRawMessageSerializer(RawSerializerOptions.Default);

    public IMessageDeserializer CreateDeserializer() => this;

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        var delivery = receiveContext.GetPayload<RabbitMqBasicConsumeContext>();
        var type = types.Of(delivery.Properties.Type, delivery.Exchange);
        var message = PlainJson.Read(receiveContext.Body.GetBytes(), type);
        var serializer = new SystemTextJsonMessageSerializer(ContentType);
        var context = new SystemTextJsonSerializerContext(
            serializer, PlainJson.Options, ContentType, PlainMessageContext.Of(receiveContext), [MessageUrn.ForTypeString(type)], message: message);
        return new BodyConsumeContext(receiveContext, context);
    }

    public SerializerContext Deserialize(MessageBody body, MassTransit.Headers headers, Uri? destinationAddress = null) =>
        throw new NotSupportedException("A plain JSON message can only be read with its delivery, which tells its type.");

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public void Probe(ProbeContext context) => context.CreateScope("plainJson");
}

/// <summary>
/// Nothing that a publisher wrote into headers steers MassTransit: a bad response or fault address in a header could otherwise
/// close the consumer's channel and have the message delivered for ever.
/// </summary>
internal sealed record PlainMessageContext(Uri? DestinationAddress) : MessageContext
{
    private static readonly HostInfo NoHost = MassTransit.Metadata.HostMetadataCache.Empty;

    public Guid? MessageId => null;

    public Guid? RequestId => null;

    public Guid? CorrelationId => null;

    public Guid? ConversationId => null;

    public Guid? InitiatorId => null;

    public DateTime? ExpirationTime => null;

    public Uri? SourceAddress => null;

    public Uri? ResponseAddress => null;

    public Uri? FaultAddress => null;

    public DateTime? SentTime => null;

    public MassTransit.Headers Headers => EmptyHeaders.Instance;

    public HostInfo Host => NoHost;

    public static PlainMessageContext Of(ReceiveContext context) => new(context.InputAddress);
}

using System.Text;
using System.Text.Json;
using MassTransit;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;
using Xunit;

namespace NovaNetBus.Programs.Tests.Hosting;

public sealed class Plain_json_is_read_strictly
{
    private const string Id = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

    [Fact]
    public void a_whole_message_with_fields_that_nobody_knows()
    {
        var message = (InstanceSpawning)Read<InstanceSpawning>(
            $$"""{"instanceId":"{{Id}}","projectId":"p","host":"a","hostname":"vm","networks":[{"network":"n"}],"later":{"x":1} }""");

        Assert.Equal(Guid.Parse(Id), message.InstanceId);
        Assert.Equal("n", message.Networks!.Single().Network);
        Assert.Null(message.UserData);
    }

    [Theory]
    [InlineData("{ nope", "not JSON")]
    [InlineData("", "not JSON")]
    [InlineData("[]", "a list")]
    [InlineData("null", "null")]
    [InlineData("\"text\"", "a string")]
    [InlineData("""{"instanceId":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","host":"a"}""", "missing: projectId, hostname")]
    [InlineData("""{"instanceId":"17","projectId":"p","host":"a","hostname":"v"}""", "field instanceId must be a UUID string")]
    [InlineData("""{"instanceId":17,"projectId":"p","host":"a","hostname":"v"}""", "field instanceId must be a UUID string")]
    [InlineData("""{"instanceId":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","projectId":5,"host":"a","hostname":"v"}""", "field projectId must be a string")]
    [InlineData("""{"instanceId":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","projectId":null,"host":"a","hostname":"v"}""", "field projectId must be a string")]
    [InlineData("""{"instanceId":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","projectId":"p","host":"a","hostname":"v","networks":"n"}""", "field networks must be a list")]
    [InlineData("""{"instanceId":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","projectId":"p","host":"a","hostname":"v","networks":[{}]}""", "field networks[0] is incomplete")]
    [InlineData("""{"InstanceId":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","projectId":"p","host":"a","hostname":"v"}""", "missing: instanceId")]
    public void what_is_wrong_is_a_sentence_that_names_the_field(string json, string expected)
    {
        var fault = Assert.Throws<InvalidMessageException>(() => Read<InstanceSpawning>(json));

        Assert.Equal("invalid-message", fault.Code);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_value_is_never_repeated()
    {
        var fault = Assert.Throws<InvalidMessageException>(() => Read<InstanceSpawning>(
            $$"""{"instanceId":"{{Id}}","projectId":"p","host":"a","hostname":"v","userData":{"password":"geheim"} }"""));

        Assert.DoesNotContain("geheim", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void what_is_written_is_camel_case_without_nulls()
    {
        var json = JsonDocument.Parse(PlainJson.Write(new InstanceNetworkFailed(Guid.Parse(Id), null, "host-not-found", "No.", true))).RootElement;

        Assert.Equal(["instanceId", "code", "message", "retryable"], json.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public void the_type_is_the_amqp_type_else_the_exchange_else_the_only_one()
    {
        var worker = new MessageTypes("network.a", [typeof(Spawning), typeof(Deleted)]);
        var admin = new MessageTypes("novanet.admin", [typeof(Admin)]);

        Assert.Equal(typeof(InstanceSpawning), worker.Of(null, "novanet.instance-spawning"));
        Assert.Equal(typeof(InstanceDeleted), worker.Of("novanet.instance-deleted", ""));
        Assert.Equal(typeof(InstanceDeleted), worker.Of("novanet.instance-deleted", "novanet.instance-spawning"));
        Assert.Equal(typeof(AdminRequest), admin.Of("", ""));
        Assert.Throws<InvalidMessageException>(() => worker.Of("", ""));
        Assert.Throws<InvalidMessageException>(() => worker.Of("novanet.instance-migrated", ""));
        Assert.Throws<InvalidMessageException>(() => worker.Of("urn:message:Something", "novanet.instance-spawning"));
    }

    private static object Read<T>(string json) => PlainJson.Read(Encoding.UTF8.GetBytes(json), typeof(T));

    private abstract class Spawning : IConsumer<InstanceSpawning>
    {
        public abstract Task Consume(ConsumeContext<InstanceSpawning> context);
    }

    private abstract class Deleted : IConsumer<InstanceDeleted>
    {
        public abstract Task Consume(ConsumeContext<InstanceDeleted> context);
    }

    private abstract class Admin : IConsumer<AdminRequest>
    {
        public abstract Task Consume(ConsumeContext<AdminRequest> context);
    }
}

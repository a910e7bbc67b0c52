using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.NetworkWorker.Intake;
using Xunit;

namespace NovaNetBus.Programs.Tests.Worker;

public sealed class reading_messages
{
    private static readonly InstanceSpawning Good = new(Guid.NewGuid(), "demo", "host-a", "web-1", [new RequestedNetwork("private", "10.0.0.7", "fa:16:3e:00:00:07")]);

    [Fact]
    public void a_spawning_becomes_a_command_of_the_same_content()
    {
        var command = Translation.ToCommand(Good, "host-a", Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        Assert.Equal((Good.InstanceId, "demo", "host-a", "web-1"), (command.InstanceId, command.ProjectId, command.Host, command.Hostname));
        var network = Assert.Single(command.Networks);
        Assert.Equal(("private", "10.0.0.7", "fa:16:3e:00:00:07"), (network.Network, network.Address, network.MacAddress));
    }

    public static TheoryData<InstanceSpawning, string> Unmeant => new()
    {
        { Good with { InstanceId = Guid.Empty }, "instanceId" },
        { Good with { ProjectId = "" }, "projectId" },
        { Good with { ProjectId = new string('p', 256) }, "projectId" },
        { Good with { Hostname = "web\n1" }, "hostname" },
        { Good with { Host = "host-b" }, "host" },
        { Good with { Networks = [new RequestedNetwork("")] }, "networks" },
        { Good with { Networks = [.. Enumerable.Repeat(new RequestedNetwork("n"), 65)] }, "networks" },
    };

    [Theory]
    [MemberData(nameof(Unmeant), DisableDiscoveryEnumeration = true)]
    public void what_cannot_be_meant_is_refused_naming_the_field(InstanceSpawning message, string field)
    {
        var refusal = Assert.Throws<InvalidMessageException>(() => Translation.ToCommand(message, "host-a", Guid.NewGuid(), DateTimeOffset.UnixEpoch));
        Assert.StartsWith(field, refusal.Message, StringComparison.Ordinal);
    }
}

using NovaNetBus.Simulator;
using NovaNetBus.Simulator.Worlds;
using Xunit;

namespace NovaNetBus.Programs.Tests.Simulator;

public sealed class connections_of_a_world
{
    [Theory]
    [InlineData("amqp://u:p@127.0.0.1:25772/", "Host=127.0.0.1;Port=25732;Database=d", new[] { 25772, 25732 })]
    [InlineData("amqp://localhost/", "Server=localhost;Database=d", new[] { 5672, 5432 })]
    [InlineData("amqp://localhost/", null, new[] { 5672 })]
    public void the_hosts_reach_the_loopback_ports(string broker, string? store, int[] ports) =>
        Assert.Equal(ports, new Connections(broker, store).LoopbackPorts());

    [Theory]
    [InlineData("amqp://192.0.2.1/", null)]
    [InlineData("amqp://localhost/", "Host=db.example;Database=d")]
    public void services_elsewhere_are_refused(string broker, string? store) =>
        Assert.Throws<SimulatorException>(() => new Connections(broker, store).LoopbackPorts());
}

using NovaNetBus.Hosting.Messaging;
using RabbitMQ.Client;
using Xunit;

namespace NovaNetBus.Programs.Tests.Hosting;

public sealed class how_long_a_publisher_waits
{
    [Theory]
    [InlineData("60000", 60), InlineData("0", 0)]
    public void its_expiration_tells(string expiration, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Delivery.Of(new BasicProperties { Expiration = expiration }, redelivered: false).Patience);

    [Theory]
    [InlineData(null), InlineData(""), InlineData("soon"), InlineData("-5"), InlineData("99999999999999")]
    public void what_is_no_number_tells_nothing(string? expiration) =>
        Assert.Null(Delivery.Of(new BasicProperties { Expiration = expiration }, redelivered: false).Patience);
}

using System.Net;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Options;
using NovaNetBus.NetworkWorker;
using Xunit;

namespace NovaNetBus.Programs.Tests.Worker;

public sealed class where_metadata_is_answered
{
    private static readonly NovaNetOptions Options = new()
    {
        NetworkManager = NetworkManagerKind.FlatDHCPManager,
        ForceDhcpRelease = true,
        MyIp = IPAddress.Parse("192.0.2.10"),
        MetadataPort = 8775,
    };

    [Theory]
    [InlineData("192.0.2.10", "169.254.169.254 . 8775")]
    [InlineData("127.0.0.1", "169.254.169.254 . 8775")]
    [InlineData("192.0.2.99", "192.0.2.99 . 8775")]
    [InlineData(null, null)]
    public void here_unless_metadata_host_is_another_machine(string? host, string? target) =>
        Assert.Equal(target, WorkerSettings.From(Options with { MetadataHost = host is null ? null : IPAddress.Parse(host) }).Metadata?.ToString());

    [Fact]
    public void not_at_an_address_that_instances_cannot_be_led_to()
    {
        var fault = Assert.Single(WorkerSettings.Faults(Options with { AllowSameNetTraffic = true, MetadataHost = IPAddress.Parse("2001:db8::1") }));
        Assert.StartsWith("metadata_host:", fault, StringComparison.Ordinal);
    }
}

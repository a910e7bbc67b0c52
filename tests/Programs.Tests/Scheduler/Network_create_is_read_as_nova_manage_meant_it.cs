using NovaNetBus.Hosting.Options;
using NovaNetBus.Scheduler.Admin;
using Xunit;

namespace NovaNetBus.Programs.Tests.Scheduler;

public sealed class Network_create_is_read_as_nova_manage_meant_it
{
    [Fact]
    public void what_is_left_out_comes_from_the_options()
    {
        var command = Read([("label", "private"), ("fixed-range-v4", "10.1.2.0/24")], "--multi-host=true", "--flat-network-bridge=br7", "--share-dhcp-address=true");

        Assert.Equal(("private", "10.1.2.0/24", "br7", 1500), (command.Label, command.Cidr, command.Bridge, command.Mtu));
        Assert.Equal((true, true, true), (command.MultiHost, command.ShareAddress, command.EnableDhcp));
        Assert.Equal("10.0.0.0/8", command.FixedRange.ToString());
        Assert.Equal(["8.8.4.4"], command.Dns);
        Assert.Null(command.BridgeInterface);
    }

    [Fact]
    public void what_is_given_wins()
    {
        var id = Guid.NewGuid();

        var command = Read([
            ("label", "l"), ("fixed-range-v4", "10.0.0.0/24"), ("uuid", id.ToString()), ("bridge", "b"), ("bridge-interface", "eth1"), ("gateway", "10.0.0.9"),
            ("dhcp-server", "10.0.0.8"), ("dns1", "1.1.1.1"), ("dns2", "1.0.0.1"), ("multi-host", "false"), ("enable-dhcp", "false"), ("project", "p"), ("mtu", "1400"),
        ]);

        Assert.Equal((id, "b", "eth1", "10.0.0.9", "10.0.0.8"), (command.Id, command.Bridge, command.BridgeInterface, command.Gateway, command.DhcpServer));
        Assert.Equal(["1.1.1.1", "1.0.0.1"], command.Dns);
        Assert.Equal((false, false, "p", 1400), (command.MultiHost, command.EnableDhcp, command.ProjectId, command.Mtu));
    }

    [Theory]
    [InlineData("10.0.0.0/16", null, "10.0.0.0/24")]
    [InlineData("10.0.0.0/25", null, "10.0.0.0/25")]
    [InlineData("10.0.0.0/16", "100", "10.0.0.0/25")]
    [InlineData("10.0.0.0/16", "65536", "10.0.0.0/16")]
    [InlineData("10.0.0.77/16", "16", "10.0.0.0/28")]
    public void the_size_is_rounded_up_and_cut_from_the_start_of_the_range(string range, string? size, string expected) =>
        Assert.Equal(expected, Read([("label", "l"), ("fixed-range-v4", range), ("network-size", size)]).Cidr);

    [Theory]
    [InlineData("network-size", "512", "invalid-cidr")]
    [InlineData("num-networks", "2", "not-supported")]
    [InlineData("vlan", "7", "not-supported")]
    [InlineData("mtu", "many", "invalid-request")]
    [InlineData("multi-host", "perhaps", "invalid-request")]
    [InlineData("uuid", "17", "invalid-request")]
    [InlineData("label", "", "invalid-request")]
    public void what_cannot_be_done_is_refused_with_its_code_and_name(string name, string value, string code)
    {
        var arguments = new Dictionary<string, string?> { ["label"] = "l", ["fixed-range-v4"] = "10.0.0.0/24" };
        arguments[name] = value;

        var refused = Assert.Throws<RefusedException>(() => Read([.. arguments.Select(pair => (pair.Key, pair.Value))]));

        Assert.Equal(code, refused.Code);
    }

    private static Domain.Networks.CreateNetwork Read((string Name, string? Value)[] arguments, params string[] options)
    {
        var read = OptionReader.Read(new OptionSources(options, new Dictionary<string, string>(), "127.0.0.1:0", [])).Options!;
        var commands = new NetworkCommands(null!, null!, read, TimeProvider.System);
        return commands.CommandOf(new AdminArguments(arguments.ToDictionary(pair => pair.Name, pair => pair.Value)));
    }
}

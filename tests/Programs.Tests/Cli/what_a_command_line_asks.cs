using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

public sealed class what_a_command_line_asks
{
    [Fact]
    public async Task the_command_and_its_options_travel_by_name()
    {
        var typed = Typed.Answered(new[] { Rows.Network() });

        var code = await typed.Run("network", "create", "private", "--fixed-range-v4", "10.0.0.0/24", "--multi-host", "true", "--num-networks", "2");

        Assert.Equal(0, code);
        Assert.Equal("network create", typed.Asked!.Command);
        Assert.Equal(
            new Dictionary<string, string?> { ["label"] = "private", ["fixed-range-v4"] = "10.0.0.0/24", ["multi-host"] = "true", ["num-networks"] = "2" },
            typed.Asked.Arguments);
    }

    [Fact]
    public async Task a_line_for_nova_manage_asks_the_same()
    {
        var old = Typed.Answered(new[] { Rows.Network() });
        var today = Typed.Answered(new[] { Rows.Network() });

        await old.Run(
            "network", "create", "--label=my_net", "--fixed_range_v4=10.0.0.0/24", "--bridge_interface", "eth_1", "--multi_host=T", "--project_id=p_1");
        await today.Run(
            "network", "create", "my_net", "--fixed-range-v4", "10.0.0.0/24", "--bridge-interface=eth_1", "--multi-host", "true", "--project", "p_1");

        Assert.Equal("my_net", old.Asked!.Arguments["label"]);
        Assert.Equal("eth_1", old.Asked.Arguments["bridge-interface"]);
        Assert.Equal(today.Asked!.Arguments, old.Asked.Arguments);
    }

    [Theory]
    [InlineData("--num-networks", "4"), InlineData("--network-size", "64"), InlineData("--bridge", "br1"), InlineData("--bridge-interface", "eth1")]
    [InlineData("--vlan", "7"), InlineData("--vlan-start", "100"), InlineData("--vpn-start", "1000"), InlineData("--gateway", "10.0.0.1")]
    [InlineData("--dhcp-server", "10.0.0.2"), InlineData("--dns1", "8.8.8.8"), InlineData("--dns2", "8.8.4.4"), InlineData("--fixed-cidr", "10.0.0.0/28")]
    [InlineData("--allowed-start", "10.0.0.5"), InlineData("--allowed-end", "10.0.0.9"), InlineData("--multi-host", "false")]
    [InlineData("--share-address", "true"), InlineData("--enable-dhcp", "false"), InlineData("--mtu", "9000"), InlineData("--project", "demo")]
    [InlineData("--uuid", "6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f"), InlineData("--fixed-range-v6", "fd00::/64"), InlineData("--gateway-v6", "fd00::1")]
    [InlineData("--priority", "1")]
    public async Task every_option_of_network_create_is_taken_in_both_spellings(string option, string value)
    {
        foreach (var spelling in new[] { option, "--" + option[2..].Replace('-', '_') })
        {
            var typed = Typed.Answered(new[] { Rows.Network() });

            Assert.Equal(0, await typed.Run("network", "create", "x", "--fixed_range_v4=10.0.0.0/8", spelling, value));

            Assert.Equal(value, typed.Asked!.Arguments[option[2..]]);
        }
    }

    [Theory]
    [InlineData("network show private", "network show", "network", "private")]
    [InlineData("network delete 10.0.0.0/24", "network delete", "network", "10.0.0.0/24")]
    [InlineData("instance show abc", "instance show", "id", "abc")]
    [InlineData("fixed list --host h1", "fixed list", "host", "h1")]
    [InlineData("fixed list --network private", "fixed list", "network", "private")]
    [InlineData("fixed list --project p", "fixed list", "project", "p")]
    public async Task a_word_or_filter_travels_by_its_name(string line, string command, string name, string value)
    {
        var typed = Typed.Answered(null);

        await typed.Run([.. line.Split(' '), "--output", "json"]);

        Assert.Equal(command, typed.Asked!.Command);
        Assert.Equal(new Dictionary<string, string?> { [name] = value }, typed.Asked.Arguments);
    }

    [Fact]
    public async Task the_answer_is_waited_for_ten_seconds_or_as_long_as_asked()
    {
        var (usual, asked) = (Typed.Answered(Array.Empty<object>()), Typed.Answered(Array.Empty<object>()));

        await usual.Run("network", "list");
        await asked.Run("network", "list", "--timeout", "3");

        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3)), (usual.Waited, asked.Waited));
    }
}

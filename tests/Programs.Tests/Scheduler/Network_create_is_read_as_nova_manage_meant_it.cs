using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
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
    public void an_unchanged_nova_conf_says_all_of_it()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(
            file,
            """
            [DEFAULT]
            network_manager = nova.network.manager.VlanManager
            num_networks = 3
            network_size = 64
            vlan_start = 200
            vpn_start = 2000
            vpn_ip = 192.0.2.7
            cnt_vpn_clients = 5
            fixed_range = 10.64.0.0/10
            flat_network_dns = 9.9.9.9
            flat_network_bridge = br7
            vlan_interface = eth2
            share_dhcp_address = True
            multi_host = True
            compute_driver = libvirt
            """);
        var command = Read([("label", "l"), ("fixed-range-v4", "10.65.0.0/16")], "--config-file", file);
        File.Delete(file);

        Assert.Equal((3, null, 64, "10.64.0.0/10"), (command.Count, command.Size, command.DefaultSize, command.FixedRange.ToString()));
        Assert.Equal(new VlanWish(null, 200, Ipv4.Parse("192.0.2.7"), 2000, 5), command.Vlan);
        Assert.Equal(("br7", "eth2", true, true), (command.Bridge, command.BridgeInterface, command.ShareAddress, command.MultiHost));
        Assert.Equal(["9.9.9.9"], command.Dns);
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

    [Fact]
    public void a_request_that_is_carried_out_again_makes_the_same_network()
    {
        var seed = Guid.NewGuid();
        var arguments = new AdminArguments(new Dictionary<string, string?> { ["label"] = "l", ["fixed-range-v4"] = "10.0.0.0/24" }, seed);

        Assert.Equal([seed], Commands().CommandOf(arguments).Ids);
    }

    [Fact]
    public void how_many_networks_and_of_which_size_comes_from_the_options_unless_it_is_given()
    {
        var defaults = Read([("label", "l"), ("fixed-range-v4", "10.0.0.0/16")], "--num-networks=3", "--network-size=64");
        var given = Read([("label", "l"), ("fixed-range-v4", "10.0.0.0/16"), ("num-networks", "5"), ("network-size", "100")], "--num-networks=3");

        Assert.Equal((3, null, 64), (defaults.Count, defaults.Size, defaults.DefaultSize));
        Assert.Equal((5, 100, 256), (given.Count, given.Size, given.DefaultSize));
    }

    [Fact]
    public void vlan_manager_makes_vlans_with_the_options_numbers()
    {
        var command = Read(
            [("label", "l"), ("fixed-range-v4", "10.0.0.0/24")],
            "--network-manager=nova.network.manager.VlanManager", "--vlan-start=200", "--vpn-start=2000", "--vpn-ip=192.0.2.7", "--cnt-vpn-clients=4", "--vlan-interface=eth2");

        Assert.Equal(new VlanWish(null, 200, Ipv4.Parse("192.0.2.7"), 2000, 4), command.Vlan);
        Assert.Equal("eth2", command.BridgeInterface);
    }

    [Theory]
    [InlineData("vlan", "7", 7, 100)]
    [InlineData("vlan-start", "7", null, 7)]
    public void a_vlan_that_is_asked_for_is_one_whatever_the_manager(string name, string value, int? id, int start)
    {
        var command = Read([("label", "l"), ("fixed-range-v4", "10.0.0.0/24"), (name, value), ("vpn-start", "3000"), ("bridge-interface", "eth1")], "--vlan-interface=eth2", "--vpn-ip=192.0.2.7");

        Assert.Equal(new VlanWish(id, start, Ipv4.Parse("192.0.2.7"), 3000, 0), command.Vlan);
        Assert.Equal("eth1", command.BridgeInterface);
        Assert.Null(Read([("label", "l"), ("fixed-range-v4", "10.0.0.0/24")], "--vlan-interface=eth2").BridgeInterface);
    }

    [Fact]
    public void all_that_narrows_and_all_of_ipv6_goes_along()
    {
        var command = Read([
            ("label", "l"), ("fixed-range-v4", "10.0.0.0/24"), ("fixed-cidr", "10.0.0.128/25"), ("allowed-start", "10.0.0.130"), ("allowed-end", "10.0.0.140"),
            ("fixed-range-v6", "fd00::/48"), ("gateway-v6", "fd00::1"), ("priority", "3"),
        ]);

        Assert.Equal(("10.0.0.128/25", "10.0.0.130", "10.0.0.140"), (command.FixedCidr, command.AllowedStart, command.AllowedEnd));
        Assert.Equal(("fd00::/48", "fd00::1", 3), (command.CidrV6, command.GatewayV6, command.Priority));
    }

    [Theory]
    [InlineData("mtu", "many", "invalid-request")]
    [InlineData("multi-host", "perhaps", "invalid-request")]
    [InlineData("uuid", "17", "invalid-request")]
    [InlineData("label", "", "invalid-request")]
    [InlineData("colour", "red", "invalid-request")]
    public void what_cannot_be_read_is_refused_with_its_code_and_name(string name, string value, string code)
    {
        var arguments = new Dictionary<string, string?> { ["label"] = "l", ["fixed-range-v4"] = "10.0.0.0/24" };
        arguments[name] = value;

        var refused = Assert.Throws<RefusedException>(() => Read([.. arguments.Select(pair => (pair.Key, pair.Value))]));

        Assert.Equal(code, refused.Code);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void one_id_is_not_given_to_several_networks() =>
        Assert.Equal("invalid-request", Assert.Throws<RefusedException>(() =>
            Read([("label", "l"), ("fixed-range-v4", "10.0.0.0/16"), ("uuid", Guid.NewGuid().ToString()), ("num-networks", "2")])).Code);

    private static CreateNetworks Read((string Name, string? Value)[] arguments, params string[] options) =>
        Commands(options).CommandOf(new AdminArguments(arguments.ToDictionary(pair => pair.Name, pair => pair.Value)));

    private static NetworkCommands Commands(params string[] options) =>
        new(null!, null!, null!, OptionReader.Read(new OptionSources(options, new Dictionary<string, string>(), "127.0.0.1:0", [])).Options!, TimeProvider.System);
}

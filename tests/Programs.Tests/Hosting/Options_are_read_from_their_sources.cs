using System.Net;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Options;
using Xunit;

namespace NovaNetBus.Programs.Tests.Hosting;

public sealed class Options_are_read_from_their_sources : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("novanet-options").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void nothing_given_means_the_documented_defaults()
    {
        var options = Read([]).Options!;

        Assert.Equal(NetworkManagerKind.FlatDHCPManager, options.NetworkManager);
        Assert.Equal(Environment.MachineName, options.Host);
        Assert.Equal(IPNetwork.Parse("10.0.0.0/8"), options.FixedRange);
        Assert.Equal("br100", options.FlatNetworkBridge);
        Assert.Null(options.FlatInterface);
        Assert.True(options.ForceDhcpRelease);
        Assert.Equal(86400, options.DhcpLeaseTime);
        Assert.Empty(options.DnsServer);
        Assert.Equal(["all"], options.ForwardBridgeInterface);
        Assert.Equal(options.MyIp, options.RoutingSourceIp);
        Assert.Equal(options.MyIp, options.MetadataHost);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:8781"), options.HttpListen);
    }

    [Fact]
    public void an_existing_nova_conf_is_read_as_it_stands()
    {
        var file = Write("nova.conf", """
            # nova.conf of a Folsom host
            [DEFAULT]
            network_manager = nova.network.manager.FlatDHCPManager
            multi_host=True
            my_ip = 192.0.2.10
            ; the NIC of the instances
            flat_interface: eth1
            dmz_cidr = 10.128.0.1/24,
              10.129.0.0/24
            dns_server = 9.9.9.9
            dns_server = 8.8.8.8
            routing_source_ip = $my_ip
            state_path = /srv/nova
            networks_path = $state_path/networks
            dhcpbridge = $bindir/nova-dhcpbridge
            sql_connection = mysql://nova:secret@localhost/nova
            dhcp_domain = "cloud.example"
            [database]
            flat_interface = ignored
            """);

        var reading = Read(["--config-file", file]);

        Assert.Empty(reading.Faults);
        var options = reading.Options!;
        Assert.True(options.MultiHost);
        Assert.Equal("eth1", options.FlatInterface);
        Assert.Equal([IPNetwork.Parse("10.128.0.0/24"), IPNetwork.Parse("10.129.0.0/24")], options.DmzCidr);
        Assert.Equal([IPAddress.Parse("9.9.9.9"), IPAddress.Parse("8.8.8.8")], options.DnsServer);
        Assert.Equal(IPAddress.Parse("192.0.2.10"), options.RoutingSourceIp);
        Assert.Equal("/srv/nova", options.StatePath);
        Assert.Equal("cloud.example", options.DhcpDomain);
        Assert.Equal(["dhcpbridge", "networks_path", "sql_connection"], reading.Unused);
    }

    [Fact]
    public void later_sources_win_and_each_value_tells_its_own()
    {
        Write("appsettings.json", """{ "NovaNet": { "flat_network_bridge": "br-a", "VlanStart": 7, "dns_server": ["1.1.1.1", "1.0.0.1"] }, "public_interface": "eth7" }""");
        var file = Write("nova.conf", "[DEFAULT]\nflat_network_bridge = br-b\nvlan_start = 8\nhost = b\n");
        var environment = new Dictionary<string, string> { ["NOVANET_VLAN_START"] = "9", ["NOVANET_HOST"] = "c" };

        var reading = Read(["--config_file=" + file, "--host=d", "--fake-network"], environment);

        var options = reading.Options!;
        Assert.Equal("br-b", options.FlatNetworkBridge);
        Assert.Equal(9, options.VlanStart);
        Assert.Equal("d", options.Host);
        Assert.Equal("eth7", options.PublicInterface);
        Assert.True(options.FakeNetwork);
        Assert.Equal(2, options.DnsServer.Count);
        Assert.Equal("command line", Source(reading, "host"));
        Assert.Equal("environment NOVANET_VLAN_START", Source(reading, "vlan_start"));
        Assert.Equal("config file " + file, Source(reading, "flat_network_bridge"));
        Assert.Equal("appsettings.json", Source(reading, "dns_server"));
        Assert.Equal("default", Source(reading, "flat_interface"));
    }

    [Fact]
    public void every_fault_is_told_at_once_and_names_its_option()
    {
        var reading = Read([
            "--network-manager", "Neutron", "--fixed-range", "10.0.0.0/33", "--host", "a/b", "--flat-interface", "a-name-too-long-x", "--vlan_start=5000",
            "--multi-host=maybe", "--my-ip", "10.1", "--flux", "1", "stray", "--state-path", "relative", "--dhcp-domain", "a_b", "--config-file", "/no/such/file", "--http-listen",
        ]);

        Assert.Null(reading.Options);
        string[] named = ["network_manager", "fixed_range", "host", "flat_interface", "vlan_start", "multi_host", "my_ip", "flux", "command line", "state_path", "dhcp_domain",
            "config_file", "http_listen"];
        foreach (var name in named)
        {
            Assert.Contains(reading.Faults, fault => fault.StartsWith(name + ":", StringComparison.Ordinal));
        }

        Assert.All(reading.Faults, fault => Assert.DoesNotContain('\n', fault));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("eth0;reboot")]
    [InlineData("br 100")]
    [InlineData("")]
    public void what_is_no_interface_name_is_a_fault(string name) =>
        Assert.Contains(Read(["--flat-network-bridge=" + name]).Faults, fault => fault.StartsWith("flat_network_bridge:", StringComparison.Ordinal));

    [Fact]
    public void an_empty_routing_source_ip_means_none() => Assert.Null(Read(["--routing-source-ip="]).Options!.RoutingSourceIp);

    [Fact]
    public void names_that_lead_in_a_circle_are_a_fault()
    {
        var file = Write("nova.conf", "[DEFAULT]\nmy_ip = $vpn_ip\nvpn_ip = $my_ip\n");

        Assert.Contains(Read(["--config-file", file]).Faults, fault => fault.StartsWith("my_ip: the $names lead in a circle", StringComparison.Ordinal));
    }

    [Fact]
    public void a_line_that_is_nothing_is_a_fault_with_its_number()
    {
        var file = Write("nova.conf", "[DEFAULT]\nhost = a\njust words\n");

        Assert.Contains(Read(["--config-file", file]).Faults, fault => fault.Contains("line 3", StringComparison.Ordinal));
    }

    [Fact]
    public void missing_connections_are_faults_that_name_them_and_a_password_is_never_printed()
    {
        var faults = new List<string>();
        Connections.Read(Sources([], []), needsBroker: true, needsStore: true, faults);
        Assert.Equal(["ConnectionStrings__RabbitMq", "ConnectionStrings__Postgres"], faults.Select(fault => fault[..fault.IndexOf(':')]));

        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__RabbitMq"] = "amqp://u:geheim@localhost/",
            ["ConnectionStrings__Postgres"] = "Host=localhost;Password=geheim",
        };
        var connections = Connections.Read(Sources([], environment), needsBroker: true, needsStore: true, []);
        Assert.DoesNotContain("geheim", connections.ToString());
    }

    private static string Source(OptionReading reading, string name) => reading.Values.Single(value => value.Name == name).Source;

    private string Write(string name, string content)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, content);
        return path;
    }

    private OptionReading Read(string[] arguments, Dictionary<string, string>? environment = null) => OptionReader.Read(Sources(arguments, environment ?? []));

    private OptionSources Sources(string[] arguments, Dictionary<string, string> environment) =>
        new(arguments, environment, "127.0.0.1:8781", [Path.Combine(_directory, "appsettings.json")]);
}

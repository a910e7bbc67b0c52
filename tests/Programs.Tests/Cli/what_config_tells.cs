using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Tests;
using NovaNetBus.Hosting.Options;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

public sealed class what_config_tells : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public what_config_tells() =>
        File.WriteAllText(_file, "[DEFAULT]\nflat_interface = eth1\nvlan_start = 200\nrabbit_password = s3cret\n");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task each_option_has_its_value_and_source_and_what_is_not_ours_is_listed()
    {
        var typed = Here(("NOVANET_MULTI_HOST", "true"));

        Assert.Equal(0, await typed.Run("config", "show", "--config_file", _file, "--vlan-start", "300", "--output", "json"));

        var document = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal(("eth1", "config file " + _file), Option(document, "flat_interface"));
        Assert.Equal(("true", "environment NOVANET_MULTI_HOST"), Option(document, "multi_host"));
        Assert.Equal(("300", "command line"), Option(document, "vlan_start"));
        Assert.Equal(("br100", "default"), Option(document, "flat_network_bridge"));
        Assert.Equal((null, "default"), Option(document, "vlan_interface"));
        Assert.Equal("rabbit_password", Assert.Single(document.GetProperty("unused").EnumerateArray()).GetString());
        Assert.DoesNotContain("s3cret", typed.Output + typed.Error, StringComparison.Ordinal);
        Assert.Null(typed.Asked);
    }

    [Fact]
    public async Task for_people_it_is_a_table()
    {
        var typed = Here();

        await typed.Run("config", "show", "--config-file=" + _file);

        Assert.Contains(typed.Output.Split('\n'), line => line.StartsWith("flat_interface ", StringComparison.Ordinal) && line.EndsWith(_file, StringComparison.Ordinal));
        Assert.Equal("Unused: rabbit_password", typed.Error.TrimEnd());
    }

    [Theory]
    [InlineData("check"), InlineData("show")]
    public async Task all_faults_are_told_at_once_and_end_with_2(string command)
    {
        var typed = Here(("NOVANET_NETWORK_MANAGER", "Nonsense"));

        Assert.Equal(2, await typed.Run("config", command, "--vlan_start", "9999", "--no_such_option", "1"));

        foreach (var option in new[] { "network_manager", "vlan_start", "no_such_option" })
        {
            Assert.Contains(typed.Error.Split('\n'), line => line.StartsWith(option + ":", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task a_right_configuration_has_no_faults()
    {
        var typed = Here();

        Assert.Equal(0, await typed.Run("config", "check", "--config-file", _file, "--output", "json"));

        var document = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Empty(document.GetProperty("faults").EnumerateArray());
        Assert.Equal("rabbit_password", Assert.Single(document.GetProperty("unused").EnumerateArray()).GetString());
        Assert.Equal("Unused: rabbit_password", typed.Error.TrimEnd());
    }

    [Fact]
    public async Task a_nova_conf_of_folsom_is_right_as_it_stands()
    {
        var typed = Here();
        var file = FileOf("nova-folsom.conf");

        Assert.Equal(0, await typed.Run("config", "check", "--config-file", file));

        Assert.Equal("No faults.", typed.Output.TrimEnd());
        var unused = typed.Error.TrimEnd();
        Assert.StartsWith("Unused: api_paste_config, auth_strategy, compute_driver, ", unused, StringComparison.Ordinal);
        foreach (var key in new[] { "rabbit_password", "quota_instances", "networks_path", "libvirt_vif_driver" })
        {
            Assert.Contains($", {key}", unused, StringComparison.Ordinal);
        }

        foreach (var ours in new[] { "flat_interface", "my_ip", "dmz_cidr", "send_arp_for_ha" })
        {
            Assert.DoesNotContain($" {ours}", unused, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("network_manager", "nova.network.manager.FlatDHCPManager"), InlineData("multi_host", "True"), InlineData("host", "compute-1")]
    [InlineData("my_ip", "10.10.10.21"), InlineData("metadata_host", "10.10.10.21"), InlineData("flat_interface", "eth1"), InlineData("dhcp_lease_time", "7200")]
    [InlineData("floating_range", "192.0.2.128/25"), InlineData("default_floating_pool", "public"), InlineData("quota_floating_ips", "20")]
    [InlineData("dmz_cidr", "10.128.0.0/24,10.129.0.0/24"), InlineData("state_path", "/var/lib/nova"), InlineData("flat_network_dns", "8.8.8.8")]
    public async Task its_values_are_effective_and_told_with_the_file(string option, string value)
    {
        var typed = Here();
        var file = FileOf("nova-folsom.conf");

        Assert.Equal(0, await typed.Run("config", "show", "--config-file", file, "--output", "json"));

        var (effective, source) = Option(JsonDocument.Parse(typed.Output).RootElement, option);
        Assert.Equal(value, effective);
        Assert.Equal("config file " + file, source);
        Assert.DoesNotContain("s3cret", typed.Output + typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_nova_conf_of_essex_that_is_a_flagfile_is_read_too()
    {
        var typed = Here();

        Assert.Equal(0, await typed.Run("config", "show", "--flagfile", FileOf("nova-essex.conf"), "--output", "json"));

        var document = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal("nova.network.manager.VlanManager", Option(document, "network_manager").Value);
        Assert.Equal("true", Option(document, "force_dhcp_release").Value);
        Assert.Equal("32", Option(document, "network_size").Value);
        Assert.Contains("verbose", document.GetProperty("unused").EnumerateArray().Select(each => each.GetString()));
    }

    private static string FileOf(string name) => Path.Combine(RepositoryFiles.Root, "tests/Programs.Tests/Cli/Files", name);

    private static Typed Here(params (string Name, string Value)[] environment) => new(new AdminReply(null))
    {
        Sources = new OptionSources([], environment.ToDictionary(each => each.Name, each => each.Value), "127.0.0.1:0", []),
    };

    private static (string? Value, string? Source) Option(JsonElement document, string name)
    {
        var option = document.GetProperty("options").EnumerateArray().Single(each => each.GetProperty("name").GetString() == name);
        return (option.GetProperty("value").GetString(), option.GetProperty("source").GetString());
    }
}

using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

/// <summary>Lines as guides, cookbooks and scripts of 2012 (Essex and Folsom) have them, each with `nova-manage` replaced by `novanet`, and what today's line for the same is.</summary>
public sealed class what_nova_manage_lines_ask
{
    [Theory]
    [InlineData(
        "network create --label=private --fixed_range_v4=10.0.0.0/8 --num_networks=1 --network_size=256 --bridge=br100 --bridge_interface=eth1 --multi_host=T --dns1=8.8.8.8",
        "network create private --fixed-range-v4 10.0.0.0/8 --num-networks 1 --network-size 256 --bridge br100 --bridge-interface eth1 --multi-host true --dns1 8.8.8.8")]
    [InlineData("network create private 10.0.0.0/24 1 256", "network create private --fixed-range-v4 10.0.0.0/24 --num-networks 1 --network-size 256")]
    [InlineData(
        "network create private 192.168.1.0/24 1 256 --bridge br100",
        "network create private --fixed-range-v4 192.168.1.0/24 --num-networks 1 --network-size 256 --bridge br100")]
    [InlineData(
        "network create private 10.0.0.0/24 1 256 T 100 1000",
        "network create private --fixed-range-v4 10.0.0.0/24 --num-networks 1 --network-size 256 --multi-host true --vlan-start 100 --vpn-start 1000")]
    [InlineData(
        "network create --fixed_range_v4 10.65.4.0/22 --num_networks 1 --network_size 1000 --bridge br100 --bridge_interface eth1 net1",
        "network create net1 --fixed-range-v4 10.65.4.0/22 --num-networks 1 --network-size 1000 --bridge br100 --bridge-interface eth1")]
    [InlineData(
        "network create --label vlan1 --fixed_range_v4 10.10.10.0/24 --num_networks 1 --network_size 256 --vlan 1",
        "network create vlan1 --fixed-range-v4 10.10.10.0/24 --num-networks 1 --network-size 256 --vlan 1")]
    [InlineData(
        "network create --label vlan --fixed_range_v4=10.1.0.0/16 --num_networks=8 --network_size=256 --vlan=100 --vpn=1000",
        "network create vlan --fixed-range-v4 10.1.0.0/16 --num-networks 8 --network-size 256 --vlan-start 100 --vpn-start 1000")]
    [InlineData(
        "network create --label=blue --fixed_range_v4=10.0.7.0/24 --vlan=107 --project_id=1359c571540449268c8b5e789b7ec328",
        "network create blue --fixed-range-v4 10.0.7.0/24 --vlan 107 --project 1359c571540449268c8b5e789b7ec328")]
    [InlineData(
        "network create public --fixed_range_v4=10.9.0.0/24 --fixed_cidr=10.9.0.64/26 --gateway=10.9.0.1 --dns2=8.8.4.4 --multi_host=F --uuid=6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f --priority=1",
        "network create public --fixed-range-v4 10.9.0.0/24 --fixed-cidr 10.9.0.64/26 --gateway 10.9.0.1 --dns2 8.8.4.4 --multi-host false --uuid 6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f --priority 1")]
    [InlineData("--flagfile /etc/nova/nova.conf network create private 10.0.0.0/24 1 256", "network create private --fixed-range-v4 10.0.0.0/24 --num-networks 1 --network-size 256")]
    [InlineData("--flagfile=/etc/nova/nova.conf floating create 172.24.4.224/28", "floating create --ip-range 172.24.4.224/28")]
    [InlineData("--config-file /etc/nova/nova.conf network list", "network list")]
    [InlineData("network list", "network list")]
    [InlineData("network delete 10.0.0.0/24", "network delete 10.0.0.0/24")]
    [InlineData("network delete --fixed_range=10.0.0.0/24", "network delete 10.0.0.0/24")]
    [InlineData("network delete --fixed_range 10.0.0.0/24", "network delete 10.0.0.0/24")]
    [InlineData("network delete --network=10.0.0.0/24", "network delete 10.0.0.0/24")]
    [InlineData("network delete --uuid=6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f", "network delete 6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f")]
    [InlineData("network modify 10.0.0.0/24 --project=demo --host=net-1", "network modify 10.0.0.0/24 --project demo --host net-1")]
    [InlineData("network modify 10.0.0.0/24 demo net-1", "network modify 10.0.0.0/24 --project demo --host net-1")]
    [InlineData("network modify --fixed_range=10.0.0.0/24 --disassociate-project", "network modify 10.0.0.0/24 --disassociate-project")]
    [InlineData("network modify --disassociate-project 192.168.1.0/24", "network modify 192.168.1.0/24 --disassociate-project")]
    [InlineData("network modify --network=10.0.0.0/16 --disassociate-host --disassociate-project", "network modify 10.0.0.0/16 --disassociate-host --disassociate-project")]
    [InlineData("fixed list", "fixed list")]
    [InlineData("fixed list compute-1", "fixed list --host compute-1")]
    [InlineData("fixed list --host=compute-1", "fixed list --host compute-1")]
    [InlineData("fixed reserve 10.4.128.2", "fixed reserve 10.4.128.2")]
    [InlineData("fixed reserve --address=10.4.128.2", "fixed reserve 10.4.128.2")]
    [InlineData("fixed unreserve --address 10.4.128.2", "fixed unreserve 10.4.128.2")]
    [InlineData("floating create --ip_range=203.0.113.0/28", "floating create --ip-range 203.0.113.0/28")]
    [InlineData("floating create --ip_range=203.0.113.0/28 --pool=test --interface=eth2", "floating create --ip-range 203.0.113.0/28 --pool test --interface eth2")]
    [InlineData("floating create 203.0.113.0/28 --pool=nova", "floating create --ip-range 203.0.113.0/28 --pool nova")]
    [InlineData("floating create --pool nova --ip_range 203.0.113.9", "floating create --pool nova --ip-range 203.0.113.9")]
    [InlineData("floating delete 203.0.113.0/28", "floating delete --ip-range 203.0.113.0/28")]
    [InlineData("floating delete --ip_range=203.0.113.0/28", "floating delete --ip-range 203.0.113.0/28")]
    [InlineData("floating list", "floating list")]
    [InlineData("floating list --host=compute-1", "floating list --host compute-1")]
    [InlineData("vpn list", "vpn list")]
    [InlineData("vpn change --ip=203.0.113.5 --project=demo --port=1005", "vpn change --ip 203.0.113.5 --project demo --port 1005")]
    [InlineData("vpn change demo 203.0.113.5 1005", "vpn change --project demo --ip 203.0.113.5 --port 1005")]
    [InlineData("project scrub demo", "project scrub demo")]
    [InlineData("project scrub --project=demo", "project scrub demo")]
    [InlineData("account scrub --project demo", "project scrub demo")]
    [InlineData("project quota demo", "project quota demo")]
    [InlineData("project quota --project=demo --key=floating_ips --value=20", "project quota demo --floating-ips 20")]
    [InlineData("project quota demo --key fixed_ips --value -1", "project quota demo --fixed-ips -1")]
    [InlineData("project quota demo floating_ips unlimited", "project quota demo --floating-ips -1")]
    [InlineData("service list", "host list")]
    [InlineData("host list", "host list")]
    [InlineData("vm list", "instance list")]
    public async Task each_asks_what_it_asked_in_todays_words(string old, string today)
    {
        var (asOld, asToday) = (Typed.AnsweredInKind(), Typed.AnsweredInKind());

        Assert.Equal(0, await asOld.Run(old.Split(' ')));
        Assert.Equal(0, await asToday.Run(today.Split(' ')));

        Assert.Equal(asToday.Asked!.Command, asOld.Asked!.Command);
        Assert.Equal(asToday.Asked.Arguments, asOld.Asked.Arguments);
        Assert.Empty(asOld.Error);
    }

    [Fact]
    public async Task what_no_line_of_today_can_tell_apart_is_checked_word_by_word()
    {
        var typed = Typed.AnsweredInKind();

        await typed.Run("network", "create", "network", "--fixed_range_v4=10.0.0.0/24", "--dns2=", "--bridge_interface=eth_1");

        Assert.Equal(
            new Dictionary<string, string?> { ["label"] = "network", ["fixed-range-v4"] = "10.0.0.0/24", ["dns2"] = "", ["bridge-interface"] = "eth_1" },
            typed.Asked!.Arguments);
    }

    [Theory]
    [InlineData("config list --config-file=FILE"), InlineData("--config-file FILE config list"), InlineData("--flagfile FILE config show")]
    public async Task the_configuration_is_shown_from_the_file_named_before_or_after(string line)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "[DEFAULT]\nflat_interface = eth7\n", TestContext.Current.CancellationToken);
        var typed = Typed.Answered(null);

        Assert.Equal(0, await typed.Run(line.Replace("FILE", file, StringComparison.Ordinal).Split(' ')));

        Assert.Contains(typed.Output.Split('\n'), each => each.StartsWith("flat_interface ", StringComparison.Ordinal) && each.Contains("eth7", StringComparison.Ordinal));
        File.Delete(file);
    }

    [Fact]
    public async Task the_step_of_every_guide_that_made_the_tables_has_nothing_to_do()
    {
        var typed = Typed.Answered(null);

        Assert.Equal(0, await typed.Run("db", "sync"));

        Assert.Contains("Nothing to do", typed.Output, StringComparison.Ordinal);
        Assert.Null(typed.Asked);
    }

    [Theory]
    [InlineData("project quota demo cores 20", "--cores")]
    [InlineData("network create private", "--fixed-range-v4")]
    [InlineData("network delete", "NETWORK")]
    public async Task what_it_could_not_do_either_is_wrong_usage(string line, string why)
    {
        var typed = Typed.Answered(null);

        Assert.Equal(2, await typed.Run(line.Split(' ')));

        Assert.Contains(why, typed.Error, StringComparison.Ordinal);
        Assert.Null(typed.Asked);
    }
}

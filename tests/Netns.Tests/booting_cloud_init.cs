using System.Text.Json.Nodes;
using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Kernel;
using NovaNetBus.NetworkWorker.Metadata;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>The real cloud-init, in mount and UTS namespaces of its own, so that this machine keeps its name, its keys and its network.</summary>
public sealed class booting_cloud_init : IDisposable
{
    private readonly TestHost host = new();
    private readonly TestMetadata metadata;
    private readonly TestVm vm;
    private readonly VmProfile profile;

    public booting_cloud_init()
    {
        host.Settings = host.Settings with { Metadata = TestMetadata.Here };
        metadata = new TestMetadata(host);
        metadata.AwaitReady();
        vm = host.PlugKnown(11).PlugInAfter(host);
        Assert.NotEqual("", vm.AskForAddress());
        profile = metadata.Introduce(vm, userData: Convert.ToBase64String("#!/bin/sh\necho hello\n"u8));
    }

    public void Dispose()
    {
        metadata.Dispose();
        host.Dispose();
    }

    [Fact]
    public void it_finds_itself_as_an_openstack_instance()
    {
        var (told, network) = Boot("OpenStack");
        Assert.Equal(("openstack", profile.InstanceId.ToString()), (Text(told["cloud_name"]), Text(told["instance_id"])));
        Assert.Equal(("vm-11", "zone-1"), (Text(told["local_hostname"]), Text(told["availability_zone"])));
        Assert.Equal(("#!/bin/sh\necho hello\n", "ssh-ed25519 AAAAvm-11 me@there"), (Text(told["userdata"]), Text(told["public_ssh_keys"]![0])));
        var seen = told["ds"]!["meta_data"]!;
        Assert.Equal(("vm-11.novalocal", "vm-11", "project-1"), (Text(seen["local-hostname"]), Text(seen["meta"]!["role"]), Text(seen["project_id"])));
        Assert.Equal("10.4.0.11", Text(told["ds"]!["ec2_metadata"]!["local-ipv4"]));
        Assert.All(["iface eth0 inet dhcp", "mtu 1450", "dns-nameservers 192.0.2.53"], line => Assert.Contains(line, network, StringComparison.Ordinal));
    }

    [Fact]
    public void it_sets_up_the_address_that_it_is_told_where_there_is_no_dhcp()
    {
        metadata.Known[new VmPlace("br100", vm.Address)] = profile with { Vifs = [profile.Vifs[0] with { DhcpServer = null }] };
        var (_, network) = Boot("OpenStack");
        Assert.All(["iface eth0 inet static", "address 10.4.0.11/24", "10.4.0.1", "dns-nameservers 192.0.2.53"], line => Assert.Contains(line, network, StringComparison.Ordinal));
    }

    [Fact]
    public void it_finds_itself_as_an_ec2_instance()
    {
        var (told, _) = Boot("Ec2");
        Assert.Equal(("ec2", $"i-{profile.ShortId}"), (Text(told["cloud_id"]), Text(told["instance_id"])));
        Assert.Equal(("vm-11", "zone-1"), (Text(told["local_hostname"]), Text(told["availability_zone"])));
        Assert.Equal(("#!/bin/sh\necho hello\n", "ssh-ed25519 AAAAvm-11 me@there"), (Text(told["userdata"]), Text(told["public_ssh_keys"]![0])));
        var seen = told["ds"]!["meta-data"]!;
        Assert.Equal(("10.4.0.11", "198.51.100.111"), (Text(seen["local-ipv4"]), Text(seen["public-ipv4"])));
    }

    /// <param name="source">cloud-init's name of the data source. It takes a machine for one of nova's when its first process says so.</param>
    private (JsonNode Told, string Network) Boot(string source)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "World", "cloud-init.sh");
        var result = vm.Namespace.Run(() => Commands.Run(
            "env",
            ["product_name=OpenStack Nova", "unshare", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "/bin/sh", script, source],
            TimeSpan.FromSeconds(120)));
        Assert.True(result.ExitCode == 0, result.Errors);
        var parts = result.Output.Split("\n--\n");
        return (JsonNode.Parse(parts[0])!, parts[1]);
    }

    private static string Text(JsonNode? node) => node!.ToString();
}

using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Host;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>Machines that each are a whole cloud: one NIC, no flat_interface, all with the same network, on one wire.</summary>
public sealed class all_in_one : IDisposable
{
    private readonly PublicSegment wire = new();
    private readonly TestHost host = new("host-a");
    private readonly TestHost other = new("host-b");

    public all_in_one()
    {
        wire.Attach(host, "198.51.100.1");
        wire.Attach(other, "198.51.100.2");
    }

    public void Dispose()
    {
        host.Dispose();
        other.Dispose();
        wire.Dispose();
    }

    [Fact]
    public void several_of_them_on_a_wire_do_not_disturb_each_other()
    {
        var (vm, twin) = (TwoHosts.Vm(host, 11), TwoHosts.Vm(other, 11));
        vm.Nic.Send(
            Frames.DhcpDiscover(vm.Mac, "inside:dhcp"),
            Frames.ArpRequest(vm.Mac, vm.Mac, vm.Address, TestHost.Gateway, "inside:gateway"),
            Frames.Udp(vm.Mac, vm.Address, Frames.Broadcast, Frames.Everybody, "inside:everybody"));
        using var server = Conversation.Server(wire.Outside);

        Assert.Equal("198.51.100.1", Conversation.Ask(vm.Namespace, PublicSegment.Outsider, server));
        Assert.Equal("198.51.100.2", Conversation.Ask(twin.Namespace, PublicSegment.Outsider, server));
        Assert.DoesNotContain(wire.Nic.Seen().Concat(twin.Nic.Seen()), frame => frame.Contains("inside:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pub0", false, "flat_interface: pub0 carries 198.51.100.1/24, which would be cut off")]
    [InlineData("pub9", false, "flat_interface: this host has no interface pub9.")]
    [InlineData("pub0", true, null)]
    [InlineData(null, false, null)]
    public void a_worker_says_at_its_start_that_a_nic_must_not_be_taken(string? nic, bool allowed, string? fault)
    {
        var options = new NovaNetOptions { NetworkManager = NetworkManagerKind.FlatDHCPManager, PublicInterface = "pub0", FlatInterface = nic, TakeInterfaceAddresses = allowed };
        var faults = host.Namespace.Run(() => InterfaceFaults.Of(options));

        Assert.Equal(fault is not null, faults.Any(line => line.StartsWith(fault ?? "?", StringComparison.Ordinal)));
        Assert.Equal(fault is null ? 0 : 1, faults.Count);
    }
}

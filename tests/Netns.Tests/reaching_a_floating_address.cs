using System.Net.Sockets;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>Each way that a packet can take to and from a floating address, on real kernels.</summary>
public sealed class reaching_a_floating_address : IDisposable
{
    private const string Floating = "198.51.100.111", Other = "198.51.100.112";

    private readonly TwoHosts world = new();
    private readonly TestVm vm, neighbour, faraway;

    public reaching_a_floating_address()
    {
        vm = TwoHosts.Vm(world.A, 11);
        neighbour = TwoHosts.Vm(world.A, 12);
        faraway = TwoHosts.Vm(world.B, 21);
        world.A.Associate(Floating, vm);
        world.Apply();
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void outside_reaches_the_vm_and_hears_it_from_there()
    {
        using var server = Conversation.Server(vm.Namespace);

        Assert.Equal(PublicSegment.Outsider, Conversation.Ask(world.Public.Outside, Floating, server));
    }

    [Fact]
    public void outside_sees_the_vm_as_its_floating_address_and_others_as_their_host()
    {
        using var server = Conversation.Server(world.Public.Outside);

        Assert.Equal(Floating, Conversation.Ask(vm.Namespace, PublicSegment.Outsider, server));
        Assert.Equal("198.51.100.1", Conversation.Ask(neighbour.Namespace, PublicSegment.Outsider, server));
        Assert.Equal("198.51.100.2", Conversation.Ask(faraway.Namespace, PublicSegment.Outsider, server));
    }

    [Fact]
    public void the_vm_reaches_itself_by_its_own_floating_address()
    {
        using var server = Conversation.Server(vm.Namespace);

        Assert.Equal(Floating, Conversation.Ask(vm.Namespace, Floating, server));
    }

    [Fact]
    public void another_vm_of_the_same_host_reaches_it()
    {
        using var server = Conversation.Server(vm.Namespace);
        Assert.Equal("198.51.100.1", Conversation.Ask(neighbour.Namespace, Floating, server));

        world.A.Associate(Other, neighbour);
        world.Apply();
        Assert.Equal(Other, Conversation.Ask(neighbour.Namespace, Floating, server));
    }

    [Fact]
    public void a_vm_of_another_host_reaches_it()
    {
        using var server = Conversation.Server(vm.Namespace);
        Assert.Equal("198.51.100.2", Conversation.Ask(faraway.Namespace, Floating, server));

        world.B.Associate(Other, faraway);
        world.Apply();
        Assert.Equal(Other, Conversation.Ask(faraway.Namespace, Floating, server));
        using var back = Conversation.Server(faraway.Namespace);
        Assert.Equal(Floating, Conversation.Ask(vm.Namespace, Other, back));
    }

    [Fact]
    public void without_a_routing_address_a_vm_of_the_same_host_reaches_it_all_the_same()
    {
        world.A.Settings = world.A.Settings with { RoutingSourceIp = null };
        world.Apply();
        using var server = Conversation.Server(vm.Namespace);

        Assert.Equal(TestHost.Gateway.ToString(), Conversation.Ask(neighbour.Namespace, Floating, server));
    }

    [Fact]
    public void the_host_itself_reaches_it()
    {
        using var server = Conversation.Server(vm.Namespace);

        Conversation.Ask(world.A.Namespace, Floating, server);
    }

    [Fact]
    public void between_vms_of_one_network_nothing_is_translated()
    {
        using var server = Conversation.Server(neighbour.Namespace);

        Assert.Equal(vm.Address.ToString(), Conversation.Ask(vm.Namespace, neighbour.Address.ToString(), server));
    }

    [Fact]
    public void a_released_address_answers_no_one()
    {
        world.A.Associate(Other, neighbour);
        world.Apply();
        using var server = Conversation.Server(vm.Namespace);
        Conversation.Ask(world.Public.Outside, Floating, server);
        world.A.Disassociate(Floating);
        world.A.ApplyChange();

        // Who asks for it on the wire hears nothing, though the host answers for the other one.
        var before = world.Public.Nic.Seen().Count;
        world.Public.Nic.Send(Question(Floating), Question(Other));
        Assert.DoesNotContain(world.Public.Nic.SeenUntil(Answer(Other)).Skip(before), frame => frame.Contains(Answer(Floating), StringComparison.Ordinal));

        // Who still believes that the host has it, a VM, and the host itself do not reach the VM either.
        world.Public.Outside.Ip($"neigh replace {Floating} lladdr {TwoHosts.MacOf(world.A)} dev eth0 nud permanent");
        foreach (var place in (ReadOnlySpan<NetworkNamespace>)[world.Public.Outside, neighbour.Namespace, faraway.Namespace, world.A.Namespace])
        {
            using var client = Conversation.Client(place, Floating);
            client.Send("lost"u8);
        }

        Assert.Equal(vm.Address.ToString(), Conversation.Ask(vm.Namespace, vm.Address.ToString(), server));
        using var last = Conversation.Client(neighbour.Namespace, vm.Address.ToString());
        last.Send("straight"u8);
        Conversation.Heard(server, "straight");
    }

    [Fact]
    public void established_connections_end_when_it_is_disassociated()
    {
        world.A.Associate(Other, vm);
        world.Apply();
        var (caller, called) = Conversation.Connect(world.Public.Outside, Floating, vm.Namespace);
        var (leaving, reached) = Conversation.Connect(vm.Namespace, PublicSegment.Outsider, world.Public.Outside);
        using var ends = new Ends(caller, called, leaving, reached);
        using var server = Conversation.Server(vm.Namespace);
        world.A.Disassociate(Floating);
        world.A.ApplyChange();

        // What comes in goes no further, though the other floating address of the same VM still leads to it.
        caller.Send("lost"u8);
        Conversation.Ask(world.Public.Outside, Other, server);
        Assert.Equal(0, called.Available);

        // What goes out comes from another address now, which outside does not know.
        leaving.Send("lost"u8);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => leaving.Receive(new byte[1])).SocketErrorCode);
        Assert.Equal(0, reached.Available);
    }

    [Fact]
    public void of_several_the_vm_leaves_by_the_first_that_is_left()
    {
        world.A.Associate(Other, vm);
        world.Apply();
        using var outside = Conversation.Server(world.Public.Outside);
        using var server = Conversation.Server(vm.Namespace);
        Conversation.Ask(world.Public.Outside, Floating, server);
        Conversation.Ask(world.Public.Outside, Other, server);
        Assert.Equal(Floating, Conversation.Ask(vm.Namespace, PublicSegment.Outsider, outside));

        world.A.Disassociate(Floating);
        world.A.ApplyChange();
        Assert.Equal(Other, Conversation.Ask(vm.Namespace, PublicSegment.Outsider, outside));
        Conversation.Ask(world.Public.Outside, Other, server);
    }

    [Fact]
    public void moved_to_another_vm_it_leads_there_and_nowhere_else()
    {
        using var before = Conversation.Server(vm.Namespace);
        Conversation.Ask(world.Public.Outside, Floating, before);

        world.A.Disassociate(Floating);
        world.A.Associate(Floating, neighbour);
        world.A.ApplyChange();

        using var after = Conversation.Server(neighbour.Namespace);
        Conversation.Ask(world.Public.Outside, Floating, after);
        Assert.Equal(0, before.Available);
    }

    private static byte[] Question(string floating) =>
        Frames.ArpRequest(Outsider, Outsider, Ipv4.Parse(PublicSegment.Outsider), Ipv4.Parse(floating), floating);

    /// <summary>What an ARP answer of the host for this address holds: that it is one, the host's MAC, the address.</summary>
    private string Answer(string floating) => Frames.ArpAnswer(TwoHosts.MacOf(world.A), Ipv4.Parse(floating));

    private static MacAddress Outsider => MacAddress.Parse("02:00:00:00:00:0a");

    private sealed class Ends(params Socket[] sockets) : IDisposable
    {
        public void Dispose() => Array.ForEach(sockets, socket => socket.Dispose());
    }
}

using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.NetworkWorker.Host;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>A floating address on a NIC of the host: how it comes, is found again, and goes.</summary>
public sealed class carrying_floating_addresses : IDisposable
{
    private const string Floating = "198.51.100.111";

    private readonly TestHost host = new();
    private readonly TestVm vm;

    public carrying_floating_addresses()
    {
        host.Connect("pub0");
        host.Namespace.Ip("addr add 198.51.100.1/24 dev pub0");
        vm = host.PlugKnown(11);
    }

    public void Dispose() => host.Dispose();

    [Fact]
    public void it_comes_after_what_translates_it_and_goes_before()
    {
        host.Reconcile();
        host.Associate(Floating, vm);
        Assert.Equal([typeof(FirewallElement), typeof(FirewallElement), typeof(FloatingAddress)], host.Reconcile().Select(action => action.Resource.GetType()));
        Assert.Contains($"{Floating}/32", host.Namespace.Ip("addr show pub0"), StringComparison.Ordinal);
        Assert.Empty(host.Reconcile());

        host.Disassociate(Floating);
        Assert.Equal([typeof(FloatingAddress), typeof(FirewallElement), typeof(FirewallElement)], host.Reconcile().Select(action => action.Resource.GetType()));
        Assert.DoesNotContain(Floating, host.Namespace.Ip("addr show pub0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ip addr delete 198.51.100.111/32 dev pub0")]
    [InlineData("nft delete element inet novanetbus floating_dnat { 198.51.100.111 }")]
    [InlineData("nft delete element inet novanetbus floating_snat { 10.4.0.11 }")]
    [InlineData("nft flush ruleset")]
    public void what_somebody_takes_of_it_comes_back(string command)
    {
        host.Associate(Floating, vm);
        host.Reconcile();
        host.RestartWorker();
        host.Namespace.Execute(command.Split(' ')[0], command.StartsWith("nft", StringComparison.Ordinal) ? [command[4..]] : command.Split(' ')[1..]);

        Assert.NotEmpty(host.Reconcile());
        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void one_that_leads_nowhere_any_more_is_swept_by_its_mark_even_when_the_rules_are_lost()
    {
        host.Associate(Floating, vm);
        host.Reconcile();
        host.Namespace.Execute("nft", "flush ruleset");
        host.RestartWorker();
        host.Disassociate(Floating);

        Assert.Contains(host.Reconcile(), action => action is HostAction.Remove { Resource: FloatingAddress });
        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void one_without_a_mark_is_known_by_the_element_that_comes_first_and_goes_last()
    {
        host.Reconcile();
        host.Namespace.Execute("nft", "add element inet novanetbus floating_dnat { 198.51.100.111 : 10.4.0.11 }");
        host.Namespace.Ip($"addr add {Floating}/32 dev pub0");

        Assert.Contains(host.Reconcile(), action => action is HostAction.Remove { Resource: FloatingAddress });
        Assert.DoesNotContain(Floating, host.Namespace.Ip("addr show pub0"), StringComparison.Ordinal);
    }

    [Fact]
    public void addresses_of_others_stay()
    {
        host.Namespace.Ip("addr add 198.51.100.77/32 dev pub0");
        host.Associate(Floating, vm);
        host.Reconcile();
        host.Reconcile(HostState.Empty);

        var left = host.Namespace.Ip("addr show pub0");
        Assert.Contains("198.51.100.77/32", left, StringComparison.Ordinal);
        Assert.Contains("198.51.100.1/24", left, StringComparison.Ordinal);
        Assert.DoesNotContain(Floating, left, StringComparison.Ordinal);
    }

    [Fact]
    public void an_address_of_the_host_itself_is_not_taken()
    {
        host.Associate("198.51.100.1", vm);

        var refusal = Assert.Throws<HostApplyException>(() => host.Reconcile());
        Assert.Equal(ErrorCodes.HostConfigurationFailed, refusal.Code);
        Assert.DoesNotContain("198.51.100.1/32", host.Namespace.Ip("addr show pub0"), StringComparison.Ordinal);
    }

    [Fact]
    public void a_range_with_an_interface_of_its_own_is_carried_and_left_by_that_one()
    {
        using var segment = new PublicSegment();
        segment.Attach(host, "198.51.100.3", "pub1");
        host.Namespace.Ip("link set pub0 down");
        host.Associate(Floating, vm, "pub1");
        vm.PlugInAfter(host);
        vm.Namespace.Ip("addr add 10.4.0.11/24 dev eth0");
        vm.Namespace.Ip("route add default via 10.4.0.1");
        using var outside = Conversation.Server(segment.Outside);
        using var inside = Conversation.Server(vm.Namespace);

        Assert.Equal(Floating, Conversation.Ask(vm.Namespace, PublicSegment.Outsider, outside));
        Conversation.Ask(segment.Outside, Floating, inside);
    }

    [Fact]
    public void without_its_interface_it_is_refused_by_name_and_the_others_come_all_the_same()
    {
        host.Associate("198.51.100.110", vm, "pub9");
        host.Associate(Floating, vm);

        var refusal = Assert.Throws<HostApplyException>(() => host.Reconcile());

        Assert.Equal(ErrorCodes.NoFloatingIpInterface, refusal.Code);
        Assert.Contains("pub9", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{Floating}/32", host.Namespace.Ip("addr show pub0"), StringComparison.Ordinal);
    }

    [Fact]
    public void it_is_told_to_the_neighbours_as_often_as_asked_and_only_when_it_comes()
    {
        using var world = new TwoHosts(announcements: 3);
        var moving = TwoHosts.Vm(world.A, 11);
        world.A.Associate(Floating, moving);
        world.Apply();
        world.A.Reconcile();

        Assert.Equal(3, Announced(world, world.A));
    }

    [Fact]
    public void moved_to_another_host_its_neighbours_know_at_once()
    {
        using var world = new TwoHosts(announcements: 1);
        var first = TwoHosts.Vm(world.A, 11);
        var second = TwoHosts.Vm(world.B, 21);
        world.A.Associate(Floating, first);
        world.Apply();
        using (var server = Conversation.Server(first.Namespace))
        {
            Conversation.Ask(world.Public.Outside, Floating, server);
        }

        world.A.Disassociate(Floating);
        world.B.Associate(Floating, second);
        world.Apply();

        using var other = Conversation.Server(second.Namespace);
        Conversation.Ask(world.Public.Outside, Floating, other);
        Assert.Contains(TwoHosts.MacOf(world.B).ToString(), world.Public.Outside.Ip($"neigh show {Floating}"), StringComparison.Ordinal);
    }

    [Fact]
    public void nobody_is_told_when_that_is_off()
    {
        using var world = new TwoHosts();
        var still = TwoHosts.Vm(world.A, 11);
        world.A.Associate(Floating, still);
        world.Apply();

        Assert.Equal(0, Announced(world, world.A));
    }

    /// <summary>How often the host has told that it has the address, up to an answer that it gives.</summary>
    private static int Announced(TwoHosts world, TestHost teller)
    {
        var (asker, mac) = (MacAddress.Parse("02:00:00:00:00:0a"), TwoHosts.MacOf(teller));
        world.Public.Nic.Send(Frames.ArpRequest(asker, asker, Ipv4.Parse(PublicSegment.Outsider), Ipv4.Parse("198.51.100.1"), "last"));
        return world.Public.Nic.SeenUntil(Frames.ArpAnswer(mac, Ipv4.Parse("198.51.100.1")))
            .Count(frame => frame.Contains(Frames.ArpAnswer(mac, Ipv4.Parse(Floating)), StringComparison.Ordinal));
    }
}

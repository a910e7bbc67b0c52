using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Instances;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>Whose turn it is, when a message names no host.</summary>
public sealed class ways_of_a_floating_ip
{
    private static readonly AssociateFloating Command = new(Given.Id(1), "red", "203.0.113.7", "nova", null, 10, Given.Noon);
    private static readonly FloatingIp Free = new(Given.Ip("203.0.113.7"), null, null, false, null, null, Given.Noon);
    private static readonly FloatingIp Allocated = Free with { ProjectId = "red" };
    private static readonly InstanceNetwork Mine = Instance(1, "host-a"), Other = Instance(2, "host-b");

    [Fact]
    public void one_that_leads_nowhere_is_the_instances_hosts_to_bring() =>
        Assert.Equal(new FloatingWay.Associate("host-a", Mine.InstanceId), FloatingWays.ToAssociate(Command, Mine, Allocated, null));

    [Fact]
    public void without_a_name_it_is_the_instances_hosts_to_find_one() =>
        Assert.Equal(new FloatingWay.Associate("host-a", Mine.InstanceId), FloatingWays.ToAssociate(Command with { FloatingIp = null }, Mine, null, null));

    [Fact]
    public void one_that_leads_elsewhere_is_let_go_of_first()
    {
        var (held, holder) = Leading(Other);
        Assert.Equal(new FloatingWay.Disassociate("host-b", Other.InstanceId, held.Address), FloatingWays.ToAssociate(Command, Mine, held, holder));

        var (mine, myself) = Leading(Mine);
        var elsewhere = myself with { Ports = [.. myself.Ports, myself.Ports[0] with { Address = Given.Ip("10.0.0.77") }] };
        Assert.Equal(
            new FloatingWay.Disassociate("host-a", Mine.InstanceId, mine.Address), FloatingWays.ToAssociate(Command with { FixedIp = "10.0.0.77" }, elsewhere, mine, elsewhere));
    }

    [Fact]
    public void one_that_is_being_let_go_of_is_waited_for_at_the_host_that_does()
    {
        var (held, holder) = Leading(Mine);
        var leaving = holder with { Floatings = [], LeavingFloatings = [LeavingIp.Along(holder.Floatings[0])] };

        Assert.Equal(new FloatingWay.Disassociate("host-a", Mine.InstanceId, held.Address), FloatingWays.ToAssociate(Command, leaving, held, leaving));
    }

    [Fact]
    public void one_that_leads_there_already_is_told_again()
    {
        var (held, holder) = Leading(Mine);

        Assert.Equal(new FloatingWay.Associate("host-a", Mine.InstanceId), FloatingWays.ToAssociate(Command, holder, held, holder));
    }

    [Fact]
    public void nothing_is_let_go_of_for_what_would_be_refused()
    {
        var (held, holder) = Leading(Other);

        Assert.Equal("fixed-ip-not-found-for-specific-instance", Refused(FloatingWays.ToAssociate(Command with { FixedIp = "10.0.0.99" }, Mine, held, holder)));
        Assert.Equal("instance-not-found", Refused(FloatingWays.ToAssociate(Command, null, held, holder)));
        Assert.Equal("instance-deleted", Refused(FloatingWays.ToAssociate(Command, Mine with { Status = InstanceStatus.Releasing }, held, holder)));
        Assert.Equal("forbidden", Refused(FloatingWays.ToAssociate(Command with { ProjectId = "blue" }, Mine with { ProjectId = "blue" }, held, holder)));
        Assert.Equal("forbidden", Refused(FloatingWays.ToAssociate(Command, Mine with { ProjectId = "blue" }, held, holder)));
        Assert.Equal("forbidden", Refused(FloatingWays.ToAssociate(Command, Mine, Free, null)));
        Assert.Equal("floating-ip-not-found", Refused(FloatingWays.ToAssociate(Command, Mine, null, null)));
        Assert.Equal("cannot-disassociate-auto-assigned-floating-ip", Refused(FloatingWays.ToAssociate(Command, Mine, held with { AutoAssigned = true }, holder)));
    }

    [Fact]
    public void disassociating_is_the_holders_hosts()
    {
        var (held, holder) = Leading(Other);

        Assert.Equal(new FloatingWay.Disassociate("host-b", Other.InstanceId, held.Address), FloatingWays.ToDisassociate("203.0.113.7", "red", "message", held, holder));
    }

    [Fact]
    public void disassociating_refuses_what_cannot_be()
    {
        var (held, holder) = Leading(Other);

        Assert.Equal("floating-ip-not-found", Refused(FloatingWays.ToDisassociate("203.0.113.8", "red", null, null, null)));
        Assert.Equal("forbidden", Refused(FloatingWays.ToDisassociate("203.0.113.7", "blue", null, held, holder)));
        Assert.Equal("forbidden", Refused(FloatingWays.ToDisassociate("203.0.113.7", "red", null, Free, null)));
        Assert.Equal("floating-ip-not-associated", Refused(FloatingWays.ToDisassociate("203.0.113.7", "red", null, Allocated, null)));
        Assert.Equal("cannot-disassociate-auto-assigned-floating-ip", Refused(FloatingWays.ToDisassociate("203.0.113.7", "red", null, held with { AutoAssigned = true }, holder)));
    }

    [Fact]
    public void the_same_message_again_is_answered_as_it_was()
    {
        var left = new FloatingIpDisassociated(Allocated.Address, Given.Ip("10.0.0.2"), Other.InstanceId, "host-b", "message", Given.Noon);
        var gone = Allocated with { Left = left };

        Assert.Equal(new FloatingWay.Done(left), FloatingWays.ToDisassociate("203.0.113.7", "red", "message", gone, null));
        Assert.Equal("floating-ip-not-associated", Refused(FloatingWays.ToDisassociate("203.0.113.7", "red", "another", gone, null)));
        Assert.Equal("floating-ip-not-associated", Refused(FloatingWays.ToDisassociate("203.0.113.7", "red", null, gone with { Left = left with { Request = null } }, null)));
    }

    private static (FloatingIp, InstanceNetwork) Leading(InstanceNetwork instance) => (
        Allocated with { FixedIp = instance.Ports[0].Address, InstanceId = instance.InstanceId },
        instance with { Floatings = [new AssociatedIp(Allocated.Address, "nova", null, instance.Ports[0].Address, false)] });

    private static InstanceNetwork Instance(int number, string host) => new(
        Given.Id(number), InstanceStatus.Configured, "red", host, "vm", [new Port(Given.Id(50 + number), "tap", new(1), Given.Id(9), Given.Ip($"10.0.0.{number}"))], 1, Given.Noon, Given.Noon, null);

    private static string Refused(FloatingWay way) => Assert.IsType<FloatingWay.Refused>(way).Refusal.Code;
}

using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class instances_that_move
{
    private readonly Network network = Given.Network();
    private readonly MemoryLedger ledger;
    private readonly Spawn spawn;

    public instances_that_move()
    {
        ledger = new MemoryLedger(network);
        ledger.Floatings.Create("203.0.113.0/28");
        spawn = Given.Spawn(1) with { FloatingPool = "nova" };
        ledger.Spawn(spawn);
        ledger.Configured(spawn, 1);
    }

    [Fact]
    public void it_keeps_its_addresses_and_no_host_or_one_has_it()
    {
        var ports = ledger.State(spawn).Ports;
        var floatings = ledger.State(spawn).Floatings;

        Leave("host-a");
        Assert.Equal((InstanceStatus.Moving, "host-a", false), (ledger.State(spawn).Status, ledger.State(spawn).Host, ledger.State(spawn).IsOnHost));
        Assert.Equal("instance-moving", Refused(Arrive("host-b")));

        Left("host-a");
        Assert.Equal((InstanceStatus.Away, "host-b"), (ledger.State(spawn).Status, ledger.State(spawn).Host));

        Arrive("host-b");
        var state = ledger.State(spawn);
        Assert.Equal((InstanceStatus.Allocated, "host-b", 3), (state.Status, state.Host, state.Generation));
        Assert.Equal((ports, floatings), (state.Ports, state.Floatings));
        var used = Assert.Single(ledger.Used(network), address => address.InstanceId == spawn.InstanceId);
        Assert.Equal((FixedIpStatus.Allocated, "host-b"), (used.Status, used.Host));
        Assert.Contains(ledger.Used(network), address => address is { Status: FixedIpStatus.TakenByHost, Host: "host-b" });
    }

    [Fact]
    public void each_step_again_changes_nothing()
    {
        Assert.IsType<InstanceDecision.Decided>(Leave("host-a"));
        Assert.Equal(InstanceDecision.Unchanged, Leave("host-a"));
        Left("host-a");
        Assert.Equal(InstanceDecision.Unchanged, Left("host-a"));
        Assert.Equal(InstanceDecision.Unchanged, Leave("host-a"));
        Arrive("host-b");
        Assert.Equal(InstanceDecision.Unchanged, Arrive("host-b"));
        Assert.Equal(InstanceDecision.Unchanged, Leave("host-a"));
        Assert.Equal(InstanceDecision.Unchanged, Left("host-a"));
    }

    [Fact]
    public void a_host_that_has_it_not_cannot_let_go_of_it() => Assert.Equal("invalid-message", Refused(Leave("host-c")));

    [Fact]
    public void it_may_come_back_before_it_arrives_or_go_somewhere_else()
    {
        Leave("host-a");
        Left("host-a");

        Arrive("host-a", "host-a");

        Assert.Equal(("host-a", 3), (ledger.State(spawn).Host, ledger.State(spawn).Generation));
    }

    [Fact]
    public void while_it_moves_nothing_else_is_done_to_it_but_its_end()
    {
        Leave("host-a");
        Assert.Equal("instance-moving", Refused(ledger.Spawn(spawn)));
        Assert.Equal("instance-moving", Refused(ledger.Do(
            spawn.InstanceId, "host-a", situation => FixedIpChanges.Remove(new RemoveFixedIp(spawn.InstanceId, "host-a", "10.0.0.9", null, Given.Noon), situation))));
        Assert.Equal("instance-moving", Refused(ledger.Do(
            spawn.InstanceId, "host-a", situation => FloatingChanges.Associate(new AssociateFloating(spawn.InstanceId, "project", null, "nova", null, 10, Given.Noon), situation))));
        Assert.Equal("invalid-message", Refused(ledger.Delete(spawn, "host-b")));

        Left("host-a");
        ledger.Delete(spawn, "host-b");
        ledger.Do(spawn.InstanceId, "host-b", situation => InstanceDecisions.Released(true, situation, Given.Noon));
        Assert.Equal(InstanceStatus.Released, ledger.State(spawn).Status);
        Assert.DoesNotContain(ledger.Used(network), address => address.InstanceId is not null);
        Assert.All(ledger.Floatings.All, floating => Assert.True(floating.IsFree));
        Assert.Equal("instance-deleted", Refused(Arrive("host-b")));
    }

    [Fact]
    public void an_instance_that_was_about_to_leave_a_host_that_is_forgotten_goes_on()
    {
        Leave("host-a");
        ledger.Do(Given.Id(998), "host-a", situation => Reaping.Forget(situation, Given.Noon));

        ledger.Do(spawn.InstanceId, "host-a", situation => InstanceDecisions.Forgotten(spawn.InstanceId, situation, Given.Noon));

        Assert.Equal(InstanceStatus.Away, ledger.State(spawn).Status);
        Arrive("host-b");
        Assert.Equal("host-b", ledger.State(spawn).Host);
    }

    [Fact]
    public void one_that_is_not_there_does_not_move()
    {
        var nobody = new MoveInstance(Given.Id(9), "host-b", Given.Noon);

        Assert.Equal("instance-not-found", Refused(ledger.Do(nobody.InstanceId, "host-a", situation => Moves.Leave(nobody, situation))));
        Assert.Equal("instance-not-found", Refused(ledger.Do(nobody.InstanceId, "host-b", situation => Moves.Arrive(nobody, situation))));
    }

    private InstanceDecision Leave(string host) =>
        ledger.Do(spawn.InstanceId, host, situation => Moves.Leave(new MoveInstance(spawn.InstanceId, "host-b", Given.Noon), situation));

    private InstanceDecision Left(string host) => ledger.Do(spawn.InstanceId, host, situation => Moves.Left(true, situation, Given.Noon));

    private InstanceDecision Arrive(string host, string destination = "host-b") =>
        ledger.Do(spawn.InstanceId, host, situation => Moves.Arrive(new MoveInstance(spawn.InstanceId, destination, Given.Noon), situation));

    private static string Refused(InstanceDecision decision) => Assert.IsType<InstanceDecision.Refused>(decision).Refusal.Code;
}

using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>An instance on host "bare", which has no worker, on networks that host-n and host-o serve for all.</summary>
public sealed class hosts_without_a_worker
{
    private static readonly Network First = Given.Network("10.0.0.0/24", 1) with { MultiHost = false, Host = "host-n" };
    private static readonly Network Second = Given.Network("10.0.1.0/24", 2) with { MultiHost = false, Host = "host-o" };
    private static readonly Network Own = Given.Network("10.0.2.0/24", 3, shareAddress: true);
    private static readonly Spawn Command = Given.Spawn(1, "bare", Given.Asking(First), Given.Asking(Second));

    private readonly MemoryLedger ledger = new(First, Second, Own) { LacksWorker = true };

    private InstanceNetwork State => ledger.State(Command);

    [Fact]
    public void another_host_acts_and_only_those_that_serve_its_networks_follow()
    {
        Spawn();

        Assert.Equal(("bare", false), (State.Host, State.IsAttended));
        Assert.Equal(["host-n", "host-o"], State.HostsToFollow([First, Second, Own]));
        Assert.All(ledger.Used(First), used => Assert.Equal("bare", used.Host));
        Assert.IsType<InstanceHostReady>(Assert.Single(Ready("host-n")));
        Assert.IsType<InstanceNetworkConfigured>(Assert.Single(Ready("host-o")));
        Assert.Empty(ledger.Hosts);
    }

    [Fact]
    public void any_worker_may_end_it_and_its_addresses_are_free_when_those_have_let_go()
    {
        SpawnReady();
        Do("host-z", situation => InstanceDecisions.Delete(Command.InstanceId, situation, Command.Now));

        Assert.IsType<InstanceHostReady>(Assert.Single(LetGo("host-o")));
        Assert.All(ledger.Used(First), used => Assert.Equal(FixedIpStatus.Deallocated, used.Status));
        Assert.IsType<InstanceNetworkReleased>(Assert.Single(LetGo("host-n")));
        Assert.All(ledger.Used(First).Concat(ledger.Used(Second)), used => Assert.Equal(FixedIpStatus.Released, used.Status));
    }

    [Fact]
    public void an_address_comes_and_goes()
    {
        SpawnReady();
        Accepted(Do("host-n", situation => FixedIpChanges.Add(new AddFixedIp(Command.InstanceId, "host-n", First.Id.ToString(), "m", Given.Seed(7), Command.Now), situation)));
        Assert.Equal(3, State.Ports.Count);
        Ready("host-n");
        Ready("host-o");
        Accepted(Do("host-n", situation => FixedIpChanges.Remove(new RemoveFixedIp(Command.InstanceId, "host-n", State.Ports[1].Address.ToString(), "r", Command.Now), situation)));
        Assert.Equal(2, State.Ports.Count);
    }

    [Fact]
    public void a_floating_ip_comes_and_goes_by_any_worker()
    {
        ledger.Floatings.Create("203.0.113.0/30");
        SpawnReady();
        var associate = new AssociateFloating(Command.InstanceId, "project", null, "nova", null, 10, Command.Now);
        Assert.Equal(new FloatingWay.Associate(null, Command.InstanceId), FloatingWays.ToAssociate(associate, State, null, null));

        Accepted(Do("host-n", situation => FloatingChanges.Associate(associate, situation)));
        var floating = Assert.Single(State.Floatings).Address;
        Accepted(Do("host-o", situation => FloatingChanges.Disassociate(new DisassociateFloating(Command.InstanceId, floating, null, Command.Now), situation)));
        Assert.Empty(State.Floatings);
    }

    [Fact]
    public void a_network_with_multi_host_wants_a_worker_there()
    {
        var mixed = Given.Spawn(2, "bare", Given.Asking(First), Given.Asking(Own));
        Assert.Equal("host-not-found", Refused(ledger.Do(mixed.InstanceId, "host-n", situation => InstanceDecisions.Spawn(mixed, situation))));

        SpawnReady();
        Assert.Equal("host-not-found", Refused(Do("host-n", situation => FixedIpChanges.Add(
            new AddFixedIp(Command.InstanceId, "host-n", Own.Id.ToString(), null, Given.Seed(7), Command.Now), situation))));
    }

    [Fact]
    public void with_flat_manager_nobody_has_to_follow()
    {
        var flat = new MemoryLedger(First with { Host = null }) { LacksWorker = true };
        var command = Given.Spawn(1, "bare") with { Policy = new NetworkPolicy(NetworkManagerKind.FlatManager, -1) };
        Accepted(flat.Do(command.InstanceId, "host-z", situation => InstanceDecisions.Spawn(command, situation)));

        var configured = flat.Do(command.InstanceId, "host-z", situation => InstanceDecisions.Configured("host-z", 1, endsLeases: true, situation, command.Now));
        Assert.IsType<InstanceNetworkConfigured>(Assert.Single(Accepted(configured)));
        Assert.Equal("bare", flat.State(command).Host);
    }

    [Fact]
    public void what_is_told_of_it_is_shaped_by_the_host_of_its_first_network()
    {
        Spawn();
        Assert.Equal("host-n", State.ShapedBy([First, Second, Own]));
        Attend();
        Assert.Equal("bare", State.ShapedBy([First, Second, Own]));
    }

    [Fact]
    public void nobody_acts_for_a_host_that_has_a_worker()
    {
        ledger.LacksWorker = false;
        Assert.Equal("invalid-message", Refused(Spawn()));
    }

    [Fact]
    public void it_moves_to_such_a_host_and_from_it()
    {
        ledger.LacksWorker = false;
        var there = Command with { Host = "host-a" };
        ledger.Spawn(there);
        ledger.LacksWorker = true;
        Accepted(Do("host-a", situation => Moves.Leave(Move("bare"), situation)));
        Accepted(Do("host-a", situation => Moves.Left(true, situation, Command.Now)));
        Assert.Empty(State.HostsToFollow([Own]));
        Accepted(Do("host-n", situation => Moves.Arrive(Move("bare"), situation)));
        Assert.Equal(("bare", false, InstanceStatus.Allocated), (State.Host, State.IsAttended, State.Status));

        ledger.LacksWorker = false;
        Accepted(Do("host-n", situation => Moves.Leave(Move("host-b"), situation)));
        Accepted(Do("host-n", situation => Moves.Left(true, situation, Command.Now)));
        Accepted(Do("host-b", situation => Moves.Arrive(Move("host-b"), situation)));
        Assert.Equal(("host-b", true), (State.Host, State.IsAttended));
        Assert.Equal(["host-b", "host-n", "host-o"], State.HostsToFollow([First, Second, Own]));
    }

    [Fact]
    public void an_instance_with_a_network_of_multi_host_stays_where_it_is()
    {
        ledger.LacksWorker = false;
        var there = Given.Spawn(3, "host-a", Given.Asking(Own));
        ledger.Spawn(there);
        ledger.LacksWorker = true;

        Assert.Equal("host-not-found", Refused(ledger.Do(there.InstanceId, "host-a", situation => Moves.Leave(Move("bare") with { InstanceId = there.InstanceId }, situation))));
        Assert.True(ledger.State(there).IsOnHost);
    }

    [Fact]
    public void a_worker_that_comes_later_follows_too()
    {
        Spawn();
        Assert.IsType<InstanceAttended>(Assert.Single(Accepted(Attend())));
        Assert.Empty(Accepted(Attend()));

        Assert.Equal(["bare", "host-n", "host-o"], State.HostsToFollow([First, Second, Own]));
        Assert.Equal("invalid-message", Refused(Do("host-n", situation => InstanceDecisions.Delete(Command.InstanceId, situation, Command.Now))));
    }

    [Fact]
    public void a_host_that_was_forgotten_before_takes_no_instance_along_that_came_after()
    {
        SpawnReady();
        ledger.Do(Given.Id(9), "bare", situation => Reaping.Forget(situation, Command.Now));
        Assert.Empty(Accepted(Do("bare", situation => InstanceDecisions.Forgotten(Command.InstanceId, situation, Command.Now))));

        ledger.Do(Given.Id(9), "bare", _ => new InstanceDecision.Decided { Hosts = [new HostJoined("bare", Command.Now)] });
        Accepted(Attend());
        ledger.Do(Given.Id(9), "bare", situation => Reaping.Forget(situation, Command.Now));
        Assert.NotEmpty(Accepted(Do("bare", situation => InstanceDecisions.Forgotten(Command.InstanceId, situation, Command.Now))));
    }

    [Fact]
    public void the_host_of_its_first_network_acts_while_it_works_then_any_that_works()
    {
        HostStanding[] hosts = [Standing("host-a"), Standing("host-n"), Standing("host-o"), Standing("host-p") with { IsAlive = false }];
        Assert.Equal(["host-n", "host-o", "host-a"], UnattendedHost.MayAct([First, Second], hosts));
        Assert.Equal(["host-o", "host-a", "host-n"], UnattendedHost.MayAct([First, Second], [.. hosts.Where(host => host.Name != "host-n")]));
        Assert.Equal(["host-n"], UnattendedHost.MayAct([First], [Standing("host-n") with { Unattended = TimeSpan.FromSeconds(1) }]));
    }

    private static HostStanding Standing(string name) => new(name, true, TimeSpan.Zero, TimeSpan.Zero, true, false);

    private static MoveInstance Move(string destination) => new(Command.InstanceId, destination, Command.Now);

    private InstanceDecision Spawn() => Do("host-n", situation => InstanceDecisions.Spawn(Command, situation));

    private void SpawnReady()
    {
        Spawn();
        Ready("host-n");
        Ready("host-o");
    }

    private InstanceDecision Attend() => Do("bare", situation => InstanceDecisions.Attended("bare", situation, Command.Now));

    private ValueList<InstanceEvent> Ready(string host) =>
        Accepted(Do(host, situation => InstanceDecisions.Configured(host, State.Generation, endsLeases: true, situation, Command.Now.AddSeconds(1))));

    private ValueList<InstanceEvent> LetGo(string host) => Accepted(Do(host, situation => InstanceDecisions.Released(endsLeases: true, situation, Command.Now.AddMinutes(2))));

    private InstanceDecision Do(string host, Func<InstanceSituation, InstanceDecision> ask) => ledger.Do(Command.InstanceId, host, ask);

    private static ValueList<InstanceEvent> Accepted(InstanceDecision decision) => Assert.IsType<InstanceDecision.Decided>(decision).Instance;

    private static string Refused(InstanceDecision decision) => Assert.IsType<InstanceDecision.Refused>(decision).Refusal.Code;
}

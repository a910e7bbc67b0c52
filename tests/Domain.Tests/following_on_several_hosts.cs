using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>An instance on host-a, on a network that host-n serves for all and on one where host-a serves itself.</summary>
public sealed class following_on_several_hosts
{
    private static readonly Network Single = Given.Network("10.0.0.0/24", 1) with { MultiHost = false, Host = "host-n" };
    private static readonly Network Own = Given.Network("10.0.1.0/24", 2, shareAddress: true);
    private static readonly Spawn Command = Given.Spawn(1, "host-a", Given.Asking(Single), Given.Asking(Own));

    private readonly MemoryLedger ledger = new(Single, Own);

    [Theory, InlineData("host-a", "host-n"), InlineData("host-n", "host-a")]
    public void it_is_configured_when_the_last_of_them_is_ready(string first, string last)
    {
        ledger.Spawn(Command);
        Assert.Equal(["host-a", "host-n"], State.HostsToFollow([Single, Own]));

        Assert.IsType<InstanceHostReady>(Assert.Single(Ready(first)));
        Assert.Empty(Ready(first));
        Assert.Equal((InstanceStatus.Allocated, first), (State.Status, Assert.Single(State.Ready)));

        Assert.IsType<InstanceNetworkConfigured>(Assert.Single(Ready(last)));
        Assert.Equal((InstanceStatus.Configured, 0), (State.Status, State.Ready.Count));
    }

    [Theory, InlineData("host-a", "host-n"), InlineData("host-n", "host-a")]
    public void its_addresses_are_free_when_the_last_of_them_has_let_go(string first, string last)
    {
        ledger.Spawn(Command);
        Ready("host-a");
        ledger.Delete(Command);

        Assert.IsType<InstanceHostReady>(Assert.Single(LetGo(first)));
        Assert.All(ledger.Used(Single), used => Assert.Equal(FixedIpStatus.Deallocated, used.Status));
        Assert.IsType<InstanceNetworkReleased>(Assert.Single(LetGo(last)));
        Assert.All(ledger.Used(Single), used => Assert.Equal(FixedIpStatus.Released, used.Status));
    }

    [Fact]
    public void a_network_that_no_host_serves_yet_is_refused()
    {
        var unserved = new MemoryLedger(Single with { Host = null });
        Assert.Equal("no-network-host", Assert.IsType<InstanceDecision.Refused>(unserved.Spawn(Given.Spawn(1, "host-a", Given.Asking(Single)))).Refusal.Code);
    }

    [Fact]
    public void it_waits_for_each_that_has_not_followed_and_for_its_own_when_that_has_taken_over_from_the_last()
    {
        ledger.Spawn(Command);
        Assert.True(State.WaitsFor("host-n", [Single, Own]));

        Ready("host-a");
        Assert.Equal((false, true, false), (State.WaitsFor("host-a", [Single, Own]), State.WaitsFor("host-n", [Single, Own]), State.WaitsFor("host-x", [Single, Own])));

        // host-n is gone for good: whoever takes over must follow, and if that is host-a, nobody else is there to tell that all have.
        Assert.True(State.WaitsFor("host-x", [Single with { Host = "host-x" }, Own]));
        Assert.True(State.WaitsFor("host-a", [Single with { Host = "host-a" }, Own]));

        Ready("host-n");
        Assert.False(State.WaitsFor("host-a", [Single with { Host = "host-a" }, Own]));
    }

    private InstanceNetwork State => ledger.State(Command);

    private ValueList<InstanceEvent> Ready(string host) => EventsOf(ledger.Do(
        Command.InstanceId, host, situation => InstanceDecisions.Configured(host, State.Generation, endsLeases: true, situation, Command.Now.AddSeconds(1))));

    private ValueList<InstanceEvent> LetGo(string host) => EventsOf(ledger.Do(
        Command.InstanceId, host, situation => InstanceDecisions.Released(endsLeases: true, situation, Command.Now.AddMinutes(2))));

    private static ValueList<InstanceEvent> EventsOf(InstanceDecision decision) => Assert.IsType<InstanceDecision.Decided>(decision).Instance;
}

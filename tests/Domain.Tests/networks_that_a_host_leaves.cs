using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>A network where each host has an address of its own, one where all have the same, and one that another host serves for all.</summary>
public sealed class networks_that_a_host_leaves
{
    private static readonly Network Own = Given.Network("10.0.0.0/29", 1);
    private static readonly Network Shared = Given.Network("10.0.1.0/24", 2, shareAddress: true);
    private static readonly Network Single = Given.Network("10.0.2.0/24", 3) with { MultiHost = false, Host = "host-n" };
    private static readonly Spawn Command = Given.Spawn(1, "host-a", Given.Asking(Own), Given.Asking(Shared), Given.Asking(Single));

    private readonly MemoryLedger ledger = new(Own, Shared, Single);

    private HostRecord Host => ledger.Read("host-a").State;

    [Fact]
    public void the_first_instance_brings_its_host_each_of_its_networks_once()
    {
        var decided = Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(Command));
        Assert.Equal(["HostServesNetwork", "HostBridgesNetwork", "HostBridgesNetwork"], decided.Hosts.Select(change => change.GetType().Name));
        Assert.All([Own, Shared, Single], network => Assert.True(Host.Has(network.Id)));
        Assert.Empty(Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(Given.Spawn(2, "host-a", Given.Asking(Own), Given.Asking(Shared)))).Hosts);
    }

    [Fact]
    public void with_flat_manager_a_host_has_none() =>
        Assert.Empty(Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(Command with { Policy = new NetworkPolicy(NetworkManagerKind.FlatManager, -1) })).Hosts);

    [Fact]
    public void what_a_host_has_stays_after_its_last_instance_until_it_leaves_it()
    {
        var address = Come();
        Go();
        Assert.All([Own, Shared, Single], network => Assert.True(Host.Has(network.Id)));
        Assert.Equal(FixedIpStatus.TakenByHost, Used(address).Status);

        Leave(Own.Id, Shared.Id, Single.Id);
        Assert.All([Own, Shared, Single], network => Assert.False(Host.Has(network.Id)));
        Assert.Equal((FixedIpStatus.LeftByHost, "host-a"), (Used(address).Status, Used(address).Host));
    }

    [Fact]
    public void its_own_address_is_nobodys_until_it_has_let_go_of_it_and_then_anybodys()
    {
        var address = Come();
        Go();
        Leave(Own.Id);

        var asking = Given.Spawn(5, "host-b", Given.Asking(Own, address.ToString()));
        Assert.Equal("fixed-ip-already-in-use", Assert.IsType<InstanceDecision.Refused>(ledger.Spawn(asking)).Refusal.Code);
        ledger.Do(Given.Id(9), "scheduler", situation => Reaping.Overdue(BlockKey.Of(Own, address), Given.Noon.AddYears(1), situation, Given.Noon.AddYears(1)));
        Assert.Equal(FixedIpStatus.LeftByHost, Used(address).Status);

        LetGo(address);
        Assert.Equal((FixedIpStatus.Released, null), (Used(address).Status, Used(address).Host));
        Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(asking));
    }

    [Fact]
    public void one_that_comes_back_before_that_takes_another_address()
    {
        var before = Come();
        Go();
        Leave(Own.Id);
        ledger.Spawn(Given.Spawn(2, "host-a", Given.Asking(Own)));

        Assert.NotEqual(before, Host.Addresses[Own.Id]);
        LetGo(before, Host.Addresses[Own.Id]);
        Assert.Equal(FixedIpStatus.TakenByHost, Used(Host.Addresses[Own.Id]).Status);
    }

    [Fact]
    public void each_step_again_changes_nothing()
    {
        var address = Come();
        Go();
        Leave(Own.Id);
        Assert.Equal(InstanceDecision.Unchanged, Leave(Own.Id));
        LetGo(address);
        Assert.Equal(InstanceDecision.Unchanged, LetGo(address));
        ledger.Spawn(Given.Spawn(6, "host-b", Given.Asking(Own, address.ToString())));
        Assert.Equal(InstanceDecision.Unchanged, LetGo(address));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void a_host_that_is_forgotten_leaves_everything(bool hasLeft)
    {
        var address = Come();
        Go();
        if (hasLeft)
            Leave(Own.Id);
        ledger.Do(Given.Id(9), "host-a", situation => Reaping.Forget(situation, Given.Noon));
        ledger.Do(Given.Id(9), "host-a", situation => Reaping.OfForgottenHost(BlockKey.Of(Own, address), situation, Given.Noon));

        Assert.False(Host.Has(Own.Id) || Host.Has(Shared.Id));
        Assert.Equal(FixedIpStatus.Released, Used(address).Status);
    }

    [Fact]
    public void a_network_is_needed_until_the_host_has_let_go_and_while_its_instance_is_on_its_way()
    {
        ledger.Spawn(Command);
        Assert.True(IsNeeded(Own, "host-a"));
        ledger.Do(Command.InstanceId, "host-a", situation => Moves.Leave(new MoveInstance(Command.InstanceId, "host-b", Given.Noon), situation));
        ledger.Do(Command.InstanceId, "host-a", situation => Moves.Left(true, situation, Given.Noon));
        Assert.True(IsNeeded(Single, "host-n"));

        ledger.Delete(Command);
        Assert.True(IsNeeded(Single, "host-n"));
        ledger.Do(Command.InstanceId, "host-n", situation => InstanceDecisions.Released(true, situation, Given.Noon));
        Assert.False(IsNeeded(Single, "host-n"));
        Assert.False(UnusedNetworks.IsNeededFor(ledger.State(Command), Given.Id(77), "host-n"));
    }

    private bool IsNeeded(Network network, string host) => UnusedNetworks.IsNeededFor(ledger.State(Command), network.Id, host);

    private Ipv4 Come()
    {
        ledger.Spawn(Command);
        return Host.Addresses[Own.Id];
    }

    private void Go()
    {
        ledger.Delete(Command);
        ledger.Released(Command);
        ledger.Do(Command.InstanceId, "host-n", situation => InstanceDecisions.Released(true, situation, Given.Noon));
    }

    private InstanceDecision Leave(params Guid[] networks) => ledger.Do(Given.Id(9), "host-a", situation => UnusedNetworks.Leave(networks, situation, Given.Noon));

    private InstanceDecision LetGo(params Ipv4[] addresses) =>
        ledger.Do(Given.Id(9), "host-a", situation => UnusedNetworks.LetGo(BlockKey.Of(Own, addresses[0]), addresses, situation, Given.Noon));

    private FixedIp Used(Ipv4 address) => ledger.Used(Own).Single(used => used.Address == address);
}

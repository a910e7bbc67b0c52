using CsCheck;
using NovaNetBus.Domain.Instances;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>
/// Workers of several hosts take their messages step by step in any interleaving: duplicates, deletions before their spawnings, wrong hosts, addresses that come and go, leases
/// that are told late, workers that die between any two steps, hosts that are forgotten, a reaper and an operator in between. What must hold, holds after every step.
/// </summary>
public sealed class model_of_a_pool
{
    private static readonly Gen<Message> Message = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 7], Gen.Int[0, 9], Gen.Int[0, 9], (kind, instance, stray, wish) => new Message(
            kind switch { < 5 => MessageKind.Spawn, < 7 => MessageKind.Delete, < 9 => MessageKind.Add, _ => MessageKind.Remove }, instance, HostOf(stray == 0 ? instance + 1 : instance), wish));

    [Fact]
    public void no_address_has_two_owners_and_nothing_is_lost_in_any_interleaving_with_crashes()
    {
        var (plugs, leases) = (0, 0);
        Gen.Select(Gen.Int[27, 29], Gen.Bool, Gen.Bool, Message.List[1, 24], Gen.Int[0, 999].Array[0, 250]).Sample(
            (prefix, shared, endsLeases, messages, choices) =>
            {
                var cluster = new Cluster([Given.Network($"10.0.0.0/{prefix}", 1, shared), Given.Network("10.0.1.0/28", 2, shareAddress: true)], endsLeases);
                cluster.Publish([.. messages, .. messages.Where(message => message.Wish % 4 == 0)]);
                foreach (var choice in choices)
                    cluster.Step(choice);
                cluster.RunUntilIdle();

                cluster.Publish([.. Enumerable.Range(0, 8).SelectMany(instance => Enumerable.Range(0, 3).Select(host => new Message(MessageKind.Delete, instance, HostOf(host), 0)))]);
                foreach (var choice in choices.Reverse())
                    cluster.Step(choice);
                cluster.RunUntilIdle();

                cluster.NothingIsLeft();
                Interlocked.Add(ref plugs, cluster.Plugs);
                Interlocked.Add(ref leases, cluster.Leases);
            },
            iter: 100);
        Assert.True(plugs > 150, $"only {plugs} ports in 100 runs: the model has seen hardly anything");
        Assert.True(leases > 50, $"only {leases} leases in 100 runs: the model has seen hardly any");
    }

    [Fact]
    public void of_two_writers_who_decided_on_one_block_only_one_wins_and_the_other_decides_again()
    {
        var network = Given.Network("10.0.0.0/29", shareAddress: true);
        var ledger = new MemoryLedger(network);
        var (first, second) = (Given.Spawn(1, "host-a", Given.Asking(network, "10.0.0.5")), Given.Spawn(2, "host-b", Given.Asking(network, "10.0.0.5")));
        var (mine, yours) = (new Attempt(ledger, first.InstanceId, "host-a"), new Attempt(ledger, second.InstanceId, "host-b"));
        var decisions = (mine.Decide(situation => InstanceDecisions.Spawn(first, situation)), yours.Decide(situation => InstanceDecisions.Spawn(second, situation)));

        Assert.True(mine.TryAppend(decisions.Item1));
        Assert.False(yours.TryAppend(decisions.Item2));
        Assert.Equal("fixed-ip-already-in-use", Assert.IsType<InstanceDecision.Refused>(ledger.Spawn(second)).Refusal.Code);
    }

    internal static string HostOf(int number) => "host-" + "abc"[number % 3];
}

internal enum MessageKind
{
    Spawn,
    Delete,
    Add,
    Remove,
}

/// <param name="Kind">What it asks for.</param>
/// <param name="Instance">Which.</param>
/// <param name="Host">Whose queue it is in.</param>
/// <param name="Wish">What exactly.</param>
internal sealed record Message(MessageKind Kind, int Instance, string Host, int Wish)
{
    /// <summary>As a duplicate has it too.</summary>
    internal string Id => $"{Kind} {Instance} {Wish}";
}

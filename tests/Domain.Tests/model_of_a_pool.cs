using CsCheck;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>
/// Workers of several hosts take their messages step by step in any interleaving: duplicates, deletions before their spawnings, wrong hosts,
/// workers that die between any two steps. What must hold, holds after every step.
/// </summary>
public sealed class model_of_a_pool
{
    private static readonly Gen<Message> Message = Gen.Select(
        Gen.Bool, Gen.Int[0, 7], Gen.Int[0, 9], Gen.Int[0, 9], (spawns, instance, stray, wish) => new Message(spawns, instance, HostOf(stray == 0 ? instance + 1 : instance), wish));

    [Fact]
    public void no_address_has_two_owners_and_nothing_is_lost_in_any_interleaving_with_crashes()
    {
        var plugs = 0;
        Gen.Select(Gen.Int[27, 29], Gen.Bool, Message.List[1, 24], Gen.Int[0, 999].Array[0, 250]).Sample(
            (prefix, shared, messages, choices) =>
            {
                var cluster = new Cluster([Given.Network($"10.0.0.0/{prefix}", 1, shared), Given.Network("10.0.1.0/28", 2, shareAddress: true)]);
                cluster.Publish(messages);
                foreach (var choice in choices)
                    cluster.Step(choice);
                cluster.RunUntilIdle();

                cluster.Publish([.. Enumerable.Range(0, 8).SelectMany(instance => Enumerable.Range(0, 3).Select(host => new Message(false, instance, HostOf(host), 0)))]);
                foreach (var choice in choices.Reverse())
                    cluster.Step(choice);
                cluster.RunUntilIdle();

                cluster.NothingIsLeft();
                Interlocked.Add(ref plugs, cluster.Plugs);
            },
            iter: 150);
        Assert.True(plugs > 150, $"only {plugs} ports in 150 runs: the model has seen hardly anything");
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

/// <param name="Spawns">Else it deletes.</param>
/// <param name="Instance">Which.</param>
/// <param name="Host">Whose queue it is in.</param>
/// <param name="Wish">What a spawning asks for.</param>
internal sealed record Message(bool Spawns, int Instance, string Host, int Wish);

/// <summary>Hosts with queues and workers over one ledger. A step is what happens between two places where a worker may die.</summary>
internal sealed class Cluster(Network[] networks)
{
    private readonly MemoryLedger ledger = new(networks);
    private readonly List<Message> waiting = [];
    private readonly List<(Message Message, IEnumerator<int> Handler)> running = [];
    private readonly Dictionary<(string Host, string PortName), Port> plugged = [];
    private int clock, looked;

    /// <summary>How often ports were plugged or unplugged.</summary>
    internal int Plugs { get; private set; }

    internal void Publish(IEnumerable<Message> messages) => waiting.AddRange(messages);

    /// <summary>Any one thing that can happen next.</summary>
    internal void Step(int choice)
    {
        if (choice % 20 == 0)
            Crash(model_of_a_pool.HostOf(choice / 20));
        else if (choice % 3 == 0 || running.Count == 0)
            Take(choice);
        else
            Advance(choice / 3 % running.Count);
        WhatMustHold();
    }

    internal void RunUntilIdle()
    {
        for (var steps = 0; waiting.Count + running.Count > 0; steps++)
        {
            Assert.True(steps < 10_000, "the workers do not come to an end");
            Step((steps * 2 % 3) + 1 + (steps % 2 * 20)); // never a crash
        }
    }

    internal void NothingIsLeft()
    {
        Assert.Empty(plugged);
        Assert.All(ledger.Instances, instance => Assert.Equal(InstanceStatus.Released, instance.Status));
        Assert.All(ledger.Blocks.SelectMany(block => block.Used.Values), used => Assert.True(used.Status is FixedIpStatus.Released or FixedIpStatus.TakenByHost));
    }

    /// <summary>A worker is gone at once; the broker gives all that it had not acknowledged to the next one, in order. The kernel stays as it is.</summary>
    private void Crash(string host)
    {
        waiting.InsertRange(0, running.Where(job => job.Message.Host == host).Select(job => job.Message));
        running.RemoveAll(job => job.Message.Host == host);
    }

    /// <summary>A worker takes a message of its queue; messages of one instance one after the other, in their order.</summary>
    private void Take(int choice)
    {
        var ready = waiting.Where((message, place) =>
            running.TrueForAll(job => !IsBefore(job.Message, message)) && !waiting.Take(place).Any(earlier => IsBefore(earlier, message))).ToList();
        if (ready.Count == 0)
        {
            if (running.Count > 0)
                Advance(choice / 3 % running.Count);
            return;
        }

        var taken = ready[choice % ready.Count];
        waiting.RemoveAt(waiting.FindIndex(message => ReferenceEquals(message, taken)));
        running.Add((taken, Handle(taken).GetEnumerator()));
    }

    private static bool IsBefore(Message earlier, Message message) => earlier.Host == message.Host && earlier.Instance == message.Instance;

    private void Advance(int place)
    {
        if (!running[place].Handler.MoveNext())
            running.RemoveAt(place); // acknowledged
    }

    /// <summary>The way of a message through its worker: a "yield" is where the worker may die or others may come between.</summary>
    private IEnumerable<int> Handle(Message message)
    {
        var command = SpawnOf(message);
        var refused = false;
        foreach (var step in Append(message, situation =>
        {
            var decision = message.Spawns ? InstanceDecisions.Spawn(command, situation) : InstanceDecisions.Delete(command.InstanceId, situation, command.Now);
            refused = decision is InstanceDecision.Refused;
            return decision;
        }))
            yield return step;

        if (refused)
            yield break;

        var state = ledger.Read(command.InstanceId).State!;
        if (state.IsOnHost)
        {
            Plug(state, message.Host);
            yield return 0;
            foreach (var step in Append(message, situation => InstanceDecisions.Configured(message.Host, state.Generation, true, situation, command.Now)))
                yield return step;
        }
        else if (state.Status == InstanceStatus.Releasing)
        {
            Unplug(state, message.Host);
            yield return 0;
            foreach (var step in Append(message, situation => InstanceDecisions.Released(true, situation, command.Now)))
                yield return step;
        }
    }

    /// <summary>Reads, decides, appends; a lost race begins again.</summary>
    private IEnumerable<int> Append(Message message, Func<InstanceSituation, InstanceDecision> ask)
    {
        bool appended;
        do
        {
            var attempt = new Attempt(ledger, Given.Id(100 + message.Instance), message.Host);
            yield return 0;
            var decision = attempt.Decide(ask);
            yield return 0;
            appended = attempt.TryAppend(decision);
            yield return 0;
        }
        while (!appended);
    }

    private Spawn SpawnOf(Message message)
    {
        NetworkRequest[] wishes = message.Wish switch
        {
            0 => [Given.Asking(networks[0], "10.0.0.5")],
            1 => [Given.Asking(networks[1]), Given.Asking(networks[1], "10.0.1.6")],
            2 => [Given.Asking(networks[0]), Given.Asking(networks[0])],
            < 6 => [Given.Asking(networks[0])],
            _ => [],
        };
        return Given.Spawn(message.Instance, message.Host, wishes) with { Seed = Given.Seed(++clock), Now = Given.Noon.AddSeconds(clock) };
    }

    private void Unplug(InstanceNetwork state, string host)
    {
        Plugs++;
        foreach (var port in state.Ports)
            plugged.Remove((host, port.PortName));
    }

    private void Plug(InstanceNetwork state, string host)
    {
        Plugs++;
        foreach (var port in state.Ports)
            plugged[(host, port.PortName)] = port;
    }

    private void WhatMustHold()
    {
        if (looked == ledger.Appends + Plugs)
            return;

        looked = ledger.Appends + Plugs;
        var owned = ledger.Instances
            .Where(instance => instance.IsOnHost || instance.Status == InstanceStatus.Releasing)
            .SelectMany(instance => instance.Ports.Select(port => (port.NetworkId, port.Address, Owner: $"{instance.InstanceId} {port.VifId} {port.Mac} {instance.Host} {instance.IsOnHost}")));
        var taken = ledger.Hosts.SelectMany(host => host.Addresses.Select(served => (NetworkId: served.Key, Address: served.Value, Owner: host.Name)));
        var recorded = ledger.Blocks.SelectMany(block => block.Used.Values.Where(used => used.Status != FixedIpStatus.Released).Select(used => (block.NetworkId, used.Address, Owner: OwnerOf(used)))).ToList();

        // One list of owners, seen from the instances and hosts, and from the blocks: no owner without a record and no record without an owner.
        Assert.Equal(owned.Concat(taken).Order(), recorded.Order());
        Assert.Equal(recorded.Count, recorded.Select(entry => entry.Address).Distinct().Count());

        // On the wire too: an address is plugged once, and only while it is owned.
        Assert.Equal(plugged.Count, plugged.Values.Select(port => port.Address).Distinct().Count());
        Assert.All(plugged, port => Assert.Contains(recorded, entry => entry.Address == port.Value.Address && entry.Owner.Contains(port.Value.VifId.ToString(), StringComparison.Ordinal)));

        foreach (var network in networks)
            AddsUp(network);
    }

    private void AddsUp(Network network)
    {
        var layout = new BlockLayout(network.Cidr);
        var blocks = Enumerable.Range(0, layout.Count).Select(index => ledger.Read(new BlockKey(network.Id, index)).State).ToList();
        var reserved = blocks.Sum(block => layout.AddressesOf(block.Index).Count(network.IsReserved));
        var free = blocks.Sum(block => FreeOf(block, network));

        Assert.Equal(network.Cidr.Size, free + reserved + blocks.Sum(block => block.Taken));
    }

    /// <summary>How many addresses a block would give, one after the other.</summary>
    private static int FreeOf(Block block, Network network)
    {
        var free = 0;
        for (; BlockDecisions.NextFree(block, network, null, Given.Noon) is { } next; free++)
            block = block.Evolve(new FixedIpTakenByHost(next, "anyone", Given.Noon));
        return free;
    }

    private static string OwnerOf(FixedIp used) => used.Status == FixedIpStatus.TakenByHost
        ? used.Host!
        : $"{used.InstanceId} {used.VifId} {used.Mac} {used.Host} {used.Status == FixedIpStatus.Allocated}";
}

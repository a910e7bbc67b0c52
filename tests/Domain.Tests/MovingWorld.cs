using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Instances;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>Three hosts, five instances, six floating IPs. A "yield" is where a worker may be killed, for what it had begun; its kernel stays as it is.</summary>
internal sealed class MovingWorld
{
    private const int Instances = 5, Addresses = 6;

    private static readonly string[] Hosts = ["host-a", "host-b", "host-c"];

    private readonly MemoryLedger ledger = new(Given.Network(shareAddress: true));
    private readonly Spawn[] spawns = [.. Enumerable.Range(0, Instances).Select(number => Given.Spawn(number, Hosts[number % 3]) with { FloatingPool = number % 2 == 0 ? "nova" : null })];

    /// <summary>What is on a host: an instance's ports, and the floating IPs that lead there.</summary>
    private readonly Dictionary<(string Host, Guid Instance), ImmutableHashSet<Ipv4>> kernels = [];

    /// <summary>A worker does one thing after the other for an instance.</summary>
    private readonly Dictionary<(string Host, Guid Instance), IEnumerator<int>> running = [];

    private int clock;

    internal MovingWorld() => ledger.Floatings.Create("203.0.113.0/29");

    /// <summary>How often an instance arrived.</summary>
    internal int Moved { get; private set; }

    /// <summary>How often a floating IP was led somewhere.</summary>
    internal int Led { get; private set; }

    /// <summary>How many instances ended.</summary>
    internal int Gone { get; private set; }

    private DateTimeOffset Now => Given.Noon.AddSeconds(clock);

    /// <summary>Any one thing that can happen next.</summary>
    internal void Step(int choice)
    {
        clock++;
        var (spawn, host, which) = (spawns[choice / 20 % Instances], Hosts[choice / 100 % 3], choice / 300);
        switch (choice % 20)
        {
            case 0:
                foreach (var job in running.Keys.Where(job => job.Host == host).ToList())
                    running.Remove(job);
                break;
            case < 9 when running.Count > 0:
                Advance(running.Keys.OrderBy(job => (job.Host, job.Instance)).ElementAt(which % running.Count));
                break;
            default:
                Begin(choice % 20, spawn, which);
                break;
        }

        WhatMustHold();
    }

    /// <summary>Nobody asks for anything more, and each host does what it has to.</summary>
    internal void RunUntilIdle()
    {
        for (var round = 0; round < 10; round++)
        {
            foreach (var job in running.Keys.ToList())
            {
                while (running.ContainsKey(job))
                    Advance(job);
            }

            foreach (var state in spawns.Select(spawn => ledger.Read(spawn.InstanceId).State).OfType<InstanceNetwork>())
                running[(state.Host!, state.InstanceId)] = Follow(state.Host!, state.InstanceId).GetEnumerator();
        }

        running.Clear();
        WhatMustHold();
        foreach (var state in ledger.Instances)
        {
            Assert.True(state.Status is InstanceStatus.Configured or InstanceStatus.Released or InstanceStatus.Failed or InstanceStatus.Away, $"{state} waits for something");
            Assert.Equal(state.Status == InstanceStatus.Configured ? state.Floatings.Select(floating => floating.Address).Order() : null, kernels.GetValueOrDefault((state.Host!, state.InstanceId))?.Order());
        }
    }

    /// <summary>The worker of the host that has the instance takes a message; what comes to another host goes on to that one, and needs no step.</summary>
    private void Begin(int kind, Spawn spawn, int which)
    {
        var state = ledger.Read(spawn.InstanceId).State;
        var host = state?.Host ?? spawn.Host;
        var next = Hosts[(Array.IndexOf(Hosts, host) + 1 + (which % 2)) % 3];
        var address = $"203.0.113.{1 + (which % Addresses)}";
        var destination = which % 4 == 0 ? next : host; // one in four is broken off, and arrives elsewhere
        IEnumerable<int> job = kind switch
        {
            9 or 10 => Decide(host, spawn.InstanceId, situation => InstanceDecisions.Spawn(spawn with { Now = Now }, situation)),
            12 when which % 5 == 0 => Decide(host = next, spawn.InstanceId, situation => Moves.Arrive(new MoveInstance(spawn.InstanceId, next, Now), situation)), // at any time
            11 or 12 when state?.Status == InstanceStatus.Away => Decide(
                host = destination, spawn.InstanceId, situation => Moves.Arrive(new MoveInstance(spawn.InstanceId, destination, Now), situation)),
            11 or 12 => Decide(host, spawn.InstanceId, situation => Moves.Leave(new MoveInstance(spawn.InstanceId, next, Now), situation)),
            13 or 14 => Decide(host, spawn.InstanceId, situation => FloatingChanges.Associate(
                new AssociateFloating(spawn.InstanceId, spawn.ProjectId, which % 2 == 0 ? address : null, "nova", null, -1, Now), situation)),
            15 or 16 => Decide(host, spawn.InstanceId, situation => FloatingChanges.Disassociate(new DisassociateFloating(spawn.InstanceId, Given.Ip(address), null, Now), situation)),
            17 when which % 3 == 0 => Decide(host, spawn.InstanceId, situation => InstanceDecisions.Delete(spawn.InstanceId, situation, Now)),
            17 => Decide(host, spawn.InstanceId, situation => which % 3 == 1
                ? FloatingAllocation.Release(address, spawn.ProjectId, situation, Now)
                : FloatingChanges.Withdrawn(situation.State?.Generation ?? 0, situation, Now)),
            _ => Follow(host, spawn.InstanceId),
        };
        running.TryAdd((host, spawn.InstanceId), job.GetEnumerator());
    }

    private void Advance((string Host, Guid Instance) job)
    {
        if (!running[job].MoveNext())
            running.Remove(job);
    }

    /// <summary>Between reading and recording somebody else may record: then it comes to nothing, and the message is taken again some time.</summary>
    private IEnumerable<int> Decide(string host, Guid instance, Func<InstanceSituation, InstanceDecision> ask)
    {
        var attempt = new Attempt(ledger, instance, host);
        var decision = attempt.Decide(ask);
        yield return 0;
        if (attempt.TryAppend(decision) && decision is InstanceDecision.Decided decided)
        {
            Moved += decided.Instance.Count(change => change is InstanceMoved);
            Led += decided.Floatings.Count(change => change.Event is FloatingIpAssociated);
            Gone += decided.Instance.Count(change => change is InstanceNetworkReleased);
        }
    }

    /// <summary>The host does what it has to for the instance, and says so.</summary>
    private IEnumerable<int> Follow(string host, Guid instance)
    {
        if (ledger.Read(instance).State is not { } state || state.Host != host)
            yield break;

        if (state.Status is InstanceStatus.Moving or InstanceStatus.Releasing || (state.Status == InstanceStatus.Failed && state.IsLettingGo))
            kernels.Remove((host, instance));
        else if (state.IsOnHost)
            kernels[(host, instance)] = [.. state.Floatings.Select(floating => floating.Address)];
        else
            yield break;

        yield return 0;
        foreach (var step in Decide(host, instance, situation => state.Status switch
        {
            InstanceStatus.Moving => Moves.Left(true, situation, Now),
            InstanceStatus.Releasing => InstanceDecisions.Released(true, situation, Now),
            _ => InstanceDecisions.Configured(host, state.Generation, true, situation, Now),
        }))
            yield return step;
    }

    private void WhatMustHold()
    {
        foreach (var instance in kernels.Keys.GroupBy(place => place.Instance))
            Assert.True(instance.Count() == 1, $"{instance.Key} is on {string.Join(" and ", instance.Select(place => place.Host))}");

        foreach (var floating in kernels.SelectMany(kernel => kernel.Value).GroupBy(address => address))
            Assert.True(floating.Count() == 1, $"{floating.Key} leads to {floating.Count()} places");

        var states = ledger.Instances.ToDictionary(state => state.InstanceId);
        foreach (var (place, addresses) in kernels)
        {
            Assert.True(states[place.Instance].Host == place.Host && states[place.Instance].Status is not (InstanceStatus.Away or InstanceStatus.Released), $"{states[place.Instance]} is on {place.Host}");
            Assert.All(addresses, address => Assert.Equal(place.Instance, ledger.Floatings.Find(address.ToString())!.InstanceId));
        }

        foreach (var floating in ledger.Floatings.All)
        {
            var holders = states.Values.Where(state => state.Status != InstanceStatus.Released
                && (state.Floatings.Any(held => held.Address == floating.Address) || state.LeavingFloatings.Any(held => held.Floating.Address == floating.Address))).ToList();
            Assert.Equal(floating.InstanceId is { } id ? [id] : [], holders.Select(holder => holder.InstanceId).Distinct());
            Assert.True(floating.InstanceId is null || floating.ProjectId is not null, $"{floating} leads somewhere and is nobody's");
        }
    }
}

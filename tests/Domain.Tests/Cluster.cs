using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>Hosts with queues, workers and DHCP servers over one ledger, a reaper and an operator. A step is what happens between two places where a worker may die.</summary>
internal sealed partial class Cluster(Network[] networks, bool endsLeases)
{
    private readonly MemoryLedger ledger = new(networks);
    private readonly List<Message> waiting = [];
    private readonly List<(Message Message, IEnumerator<int> Handler)> running = [];
    private readonly Dictionary<(string Host, Ipv4 Address), Port> plugged = [];
    private readonly Dictionary<(string Host, Ipv4 Address), MacAddress> leased = [];
    private int clock, looked;

    /// <summary>How often ports were plugged or unplugged.</summary>
    internal int Plugs { get; private set; }

    /// <summary>How often a lease was seen.</summary>
    internal int Leases { get; private set; }

    private DateTimeOffset Now => Given.Noon.AddSeconds(clock);

    internal void Publish(IEnumerable<Message> messages) => waiting.AddRange(messages.Select(message => message with { }));

    /// <summary>Any one thing that can happen next.</summary>
    internal void Step(int choice)
    {
        clock++;
        switch (choice % 20)
        {
            case 0:
                Crash(model_of_a_pool.HostOf(choice / 20));
                break;
            case 1:
                Lease(choice / 20);
                break;
            case 2:
                Operate(choice / 20);
                break;
            case 3 when choice > 900:
                Forget(model_of_a_pool.HostOf(choice), choice % 7);
                break;
            case int odd when odd % 3 == 0 || running.Count == 0:
                Take(choice);
                break;
            default:
                Advance(choice / 3 % running.Count);
                break;
        }

        WhatMustHold();
    }

    internal void RunUntilIdle()
    {
        for (var steps = 0; waiting.Count + running.Count > 0; steps++)
        {
            Assert.True(steps < 20_000, "the workers do not come to an end");
            Step(steps % 2 == 0 ? 6 : 4 + (20 * 3 * (steps % 40)));
        }
    }

    /// <summary>A worker is gone at once; the broker gives all that it had not acknowledged to the next one, in order. The kernel stays as it is.</summary>
    private void Crash(string host)
    {
        waiting.InsertRange(0, running.Where(job => job.Message.Host == host).Select(job => job.Message));
        running.RemoveAll(job => job.Message.Host == host);
    }

    /// <summary>A client of some host's DHCP server takes, keeps or gives back its lease; the worker records it, now or never.</summary>
    private void Lease(int choice)
    {
        if (plugged.Count == 0 && leased.Count == 0)
            return;

        var ends = choice % 3 == 0 && leased.Count > 0;
        var place = ends ? leased.Keys.ElementAt(choice % leased.Count) : plugged.Count > 0 ? plugged.Keys.ElementAt(choice % plugged.Count) : leased.Keys.First();
        var mac = leased.TryGetValue(place, out var holder) ? holder : plugged.TryGetValue(place, out var port) ? port.Mac : default;
        if (ends)
            leased.Remove(place);
        else
            leased[place] = mac; // dnsmasq keeps to who has it
        See(place, mac, ends ? null : Now.AddSeconds(5 + choice));
    }

    private void See((string Host, Ipv4 Address) place, MacAddress mac, DateTimeOffset? expires)
    {
        Leases++;
        var seen = new LeaseSeen(place.Address, mac, place.Host, expires, Now);
        ledger.Do(Guid.Empty, place.Host, situation => LeaseDecisions.Seen(seen, situation));
    }

    /// <summary>The operator and the reaper.</summary>
    private void Operate(int choice)
    {
        var address = (networks[0].Cidr.Network + (uint)(choice % networks[0].Cidr.Size)).ToString();
        if (choice % 4 == 0)
            ledger.Do(Guid.Empty, "scheduler", situation => Reservations.Reserve(address, situation, Now));
        else if (choice % 4 == 1)
            ledger.Do(Guid.Empty, "scheduler", situation => Reservations.Unreserve(address, situation, Now));
        else
            Reap(Now.AddSeconds(-choice));
    }

    private void Reap(DateTimeOffset limit)
    {
        foreach (var key in Keys())
            ledger.Do(Guid.Empty, "scheduler", situation => Reaping.Overdue(key, limit, situation, Now));
    }

    /// <summary>A host is gone for good; who forgets it may die in between. If its worker starts all the same, it joins anew and has what the ledger says.</summary>
    private void Forget(string host, int commits)
    {
        Crash(host);
        foreach (var place in plugged.Keys.Where(place => place.Host == host).ToList())
            plugged.Remove(place);
        foreach (var place in leased.Keys.Where(place => place.Host == host).ToList())
            leased.Remove(place);
        ledger.Do(Guid.Empty, host, situation => Reaping.Forget(situation, Now));
        Sweep(host, commits);
    }

    private void Sweep(string host, int commits)
    {
        foreach (var id in ledger.Instances.Select(instance => instance.InstanceId).Take(commits).ToList())
            ledger.Do(id, host, situation => InstanceDecisions.Forgotten(id, situation, Now));
        foreach (var key in Keys().Take(commits * 4))
            ledger.Do(Guid.Empty, host, situation => Reaping.OfForgottenHost(key, situation, Now));
    }

    private void Rejoin(string host)
    {
        ledger.Do(Guid.Empty, host, _ => new InstanceDecision.Decided { Hosts = [new HostJoined(host, Now)] });
        foreach (var instance in ledger.Instances.Where(instance => instance.IsOnHost && instance.Host == host))
            Plug(instance, host);
    }

    private IEnumerable<BlockKey> Keys() =>
        networks.SelectMany(network => Enumerable.Range(0, new BlockLayout(network.Cidr).Count).Select(index => new BlockKey(network.Id, index)));
}

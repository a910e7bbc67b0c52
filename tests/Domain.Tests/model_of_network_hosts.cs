using CsCheck;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>
/// Workers and schedulers over one store, step by step in any interleaving: clocks that go at different rates, workers that are killed, started again or stand
/// still in the middle of anything, a store that some or all cannot reach, leaders that change, drains. After every step, at most one host
/// answers for a network.
/// </summary>
public sealed class model_of_network_hosts
{
    [Fact]
    public void no_network_has_two_hosts_that_answer_at_any_moment_in_any_interleaving()
    {
        var changes = 0;
        Gen.Select(Gen.Int[97, 103].Array[4], Gen.Int[0, 9999].Array[50, 600]).Sample(
            (rates, choices) =>
            {
                var cluster = new HostCluster(rates);
                foreach (var choice in choices)
                    cluster.Step(choice);

                cluster.Heal();
                cluster.EachNetworkIsServed();
                Interlocked.Add(ref changes, cluster.Changes);
            },
            iter: 1000);
        Assert.True(changes > 2000, $"only {changes} changes of hosts in 1000 runs: the model has seen hardly anything");
    }
}

/// <summary>Three hosts, two schedulers, two networks. A "yield" is where a process may stand still, or be killed, for any time.</summary>
internal sealed class HostCluster
{
    private static readonly DateTimeOffset Day = Given.Noon;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly List<Network> store = [placing_networks.Single(1, null), placing_networks.Single(2, null)];
    private readonly Dictionary<string, DateTimeOffset?> signs = [];
    private readonly List<ModelHost> hosts;
    private readonly List<Observer> observers;
    private TimeSpan time;
    private int sign;
    private int leader;

    internal HostCluster(int[] rates)
    {
        hosts = [.. Enumerable.Range(0, 3).Select(place => new ModelHost("host-" + "abc"[place], rates[place] / 100.0))];
        observers = [.. Enumerable.Range(0, 2).Select(place => new Observer(place, rates[3] / 100.0))];
        foreach (var host in hosts)
        {
            signs[host.Name] = null;
            host.Worker = Work(host).GetEnumerator();
        }

        foreach (var observer in observers)
            observer.Loop = Observe(observer).GetEnumerator();
    }

    /// <summary>How often a network got another host.</summary>
    internal int Changes => store.Sum(network => (int)network.HostEpoch);

    internal void Step(int choice)
    {
        var (kind, which) = (choice % 100, choice / 100);
        var host = hosts[which % 3];
        switch (kind)
        {
            case < 60:
                Pass(1 + (which % 4), which / 4 % 4);
                break;
            case < 75:
                Advance(host);
                break;
            case < 80:
                observers[which % 2].Loop!.MoveNext();
                break;
            case < 82:
                host.Worker = null; // killed; the kernel goes on
                break;
            case < 85:
                host.Worker ??= Work(host).GetEnumerator();
                break;
            case < 89:
                host.StandsStill = !host.StandsStill;
                break;
            case < 93:
                host.IsCutOff = !host.IsCutOff;
                break;
            case < 94:
                hosts.ForEach(each => each.IsCutOff = which % 2 == 0);
                break;
            case < 95:
                leader = which % 2;
                break;
            case < 96:
                observers[which % 2].StandsStill = !observers[which % 2].StandsStill;
                break;
            default:
                Drain(host);
                break;
        }

        AtMostOneAnswers();
    }

    /// <summary>Time goes by, and each process takes some steps in it that does not stand still.</summary>
    private void Pass(int ticks, int steps)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            time += Tick;
            AtMostOneAnswers();
            for (var step = 0; step <= steps; step++)
            {
                hosts.FindAll(host => !host.StandsStill).ForEach(Advance);
                AtMostOneAnswers();
                observers.FindAll(observer => !observer.StandsStill).ForEach(observer => observer.Loop!.MoveNext());
            }
        }
    }

    /// <summary>All faults end, and two minutes go by.</summary>
    internal void Heal()
    {
        observers.ForEach(observer => observer.StandsStill = false);
        foreach (var host in hosts)
        {
            host.IsCutOff = host.StandsStill = false;
            host.Worker ??= Work(host).GetEnumerator();
        }

        Pass(240, 5);
    }

    internal void EachNetworkIsServed() => Assert.All(store, network =>
    {
        Assert.Null(network.Move);
        Assert.Equal(network.Host, Assert.Single(hosts, host => host.Answers(network.Id, time)).Name);
    });

    private static void Advance(ModelHost host)
    {
        if (host.Worker is { } worker && !worker.MoveNext())
            host.Worker = null;
    }

    private void AtMostOneAnswers() => Assert.All(store, network =>
        Assert.True(hosts.Count(host => host.Answers(network.Id, time)) <= 1, $"{string.Join(", ", hosts.Where(host => host.Answers(network.Id, time)).Select(host => host.Name))} answer"));

    private void Drain(ModelHost host)
    {
        foreach (var network in store.Where(network => network.Host == host.Name).ToList())
        {
            if (Placement.Choose(network.Id, Standings(SilenceWatch.Begin), store, host.Name) is { } to)
                Append(network.Id, state => ((Decision<NetworkEvent>.Accepted)NetworkHostDecisions.Move(state, to, "drain", Day)).Events);
        }
    }

    /// <summary>A worker's way, in the order of the program: kept heartbeat, what is held, silence for what is lost, the lease, and only then what is new.</summary>
    private IEnumerable<int> Work(ModelHost host)
    {
        var lease = HostLease.None;
        var first = true;
        while (true)
        {
            var sent = host.Clock(time);
            yield return 0;
            if (host.IsCutOff)
                continue;

            signs[host.Name] = Day.AddSeconds(++sign);
            yield return 0;
            if (host.IsCutOff)
                continue;

            var held = store.Where(network => network.Host == host.Name).Select(network => network.Id).ToList();
            var lost = lease.LostBy(held);
            lease = lease.Renewed(sent, held);
            yield return 0;
            host.Audible.ExceptWith(lost);
            if (first)
            {
                // What an earlier worker left is not known: nothing is renewed before all of it was looked at.
                yield return 0;
                host.Audible.IntersectWith(lease.Held);
                first = false;
            }

            yield return 0;
            host.Until = lease.Until;
            yield return 0;
            if (!host.IsCutOff)
                Reconcile(host, lease);
            yield return 0;
            foreach (var step in GiveOver(host))
                yield return step;
            while (host.Clock(time) < sent + HostLease.Renewal)
                yield return 0;
        }
    }

    /// <summary>The whole host as the store says, as far as the lease goes.</summary>
    private void Reconcile(ModelHost host, HostLease lease)
    {
        host.Audible.Clear();
        host.Audible.UnionWith(store.Where(network => network.Host == host.Name && network.Move is not { IsReady: true } && lease.Held.Contains(network.Id)).Select(network => network.Id));
    }

    private IEnumerable<int> GiveOver(ModelHost host)
    {
        foreach (var network in host.IsCutOff ? [] : store.ToList())
        {
            if (network.Move?.To == host.Name)
            {
                Append(network.Id, state => NetworkHostDecisions.Ready(state, host.Name, Day));
                yield return 0;
            }

            if (network.Host == host.Name && network.Move is { IsReady: true })
            {
                host.Audible.Remove(network.Id);
                yield return 0;
                if (!host.IsCutOff)
                    Append(network.Id, state => NetworkHostDecisions.Yield(state, host.Name, Day));
                yield return 0;
            }
        }
    }

    private IEnumerable<int> Observe(Observer observer)
    {
        while (true)
        {
            var seen = signs.ToDictionary();
            yield return 0;
            observer.Watch = observer.Watch.Look(seen, time * observer.Rate);
            if (observer.Place == leader)
            {
                var moves = Placement.Moves(Standings(observer.Watch), store);
                yield return 0;
                foreach (var move in moves)
                {
                    Carry(move, seen);
                    yield return 0;
                }
            }

            var next = (time * observer.Rate) + TimeSpan.FromSeconds(1);
            while (time * observer.Rate < next)
                yield return 0;
        }
    }

    private void Carry(NetworkMove move, Dictionary<string, DateTimeOffset?> seen) => Append(move.NetworkId, network => move.Kind switch
    {
        MoveKind.Place => NetworkHostDecisions.Place(network, move.To, move.Reason, Day),
        MoveKind.TakeOver when signs[move.From!] == seen[move.From!] => NetworkHostDecisions.TakeOver(network, move.From!, move.To, move.Reason, Day),
        MoveKind.HandOver => ((Decision<NetworkEvent>.Accepted)NetworkHostDecisions.Move(network, move.To, move.Reason, Day)).Events,
        _ => [],
    });

    private List<HostStanding> Standings(SilenceWatch watch) =>
        [.. hosts.Select(host => new HostStanding(host.Name, host is { Worker: not null, IsCutOff: false }, watch.SilenceOf(host.Name), TimeSpan.Zero, true, false))];

    private void Append(Guid networkId, Func<Network, ValueList<NetworkEvent>> decide)
    {
        var place = store.FindIndex(network => network.Id == networkId);
        store[place] = decide(store[place]).Aggregate(store[place], (state, change) => Network.Evolve(state, change)!);
    }

    /// <summary>What the kernel of a host does: for which networks it would answer, and until when.</summary>
    private sealed class ModelHost(string name, double rate)
    {
        public string Name => name;

        public HashSet<Guid> Audible { get; } = [];

        public TimeSpan Until { get; set; }

        public bool IsCutOff { get; set; }

        public bool StandsStill { get; set; }

        public IEnumerator<int>? Worker { get; set; }

        public TimeSpan Clock(TimeSpan time) => time * rate;

        public bool Answers(Guid network, TimeSpan now) => Clock(now) < Until && Audible.Contains(network);
    }

    private sealed class Observer(int place, double rate)
    {
        public int Place => place;

        public double Rate => rate;

        public bool StandsStill { get; set; }

        public SilenceWatch Watch { get; set; } = SilenceWatch.Begin;

        public IEnumerator<int>? Loop { get; set; }
    }
}

using CsCheck;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Tests;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;
using Xunit;

namespace NovaNetBus.Programs.Tests.Ledger;

/// <summary>Which networks are on a host, with and without teardown_unused_network_gateway, after any story of two hosts whose workers may die anywhere.</summary>
public sealed class networks_on_hosts
{
    [Theory, InlineData(true), InlineData(false)]
    public void a_host_has_a_bridge_while_it_has_ports_or_serves_them_and_else_if_it_had_one_and_keeps_it(bool tearsDown)
    {
        var left = 0;
        Gen.Int[0, 9999].Array[10, 120].Sample(
            choices =>
            {
                var story = new Story(tearsDown);
                foreach (var choice in choices)
                {
                    story.Step(choice);
                    story.NoAddressIsOnTwoHosts();
                }

                story.Settle();
                story.NoAddressIsOnTwoHosts();
                story.BridgesAreThoseThatMustBe();
                Interlocked.Add(ref left, story.Left);
            },
            iter: 200);
        Assert.True(tearsDown == left > 100, $"{left} networks were left");
    }

    /// <summary>Two hosts over one ledger, and what their kernels have.</summary>
    private sealed class Story
    {
        private static readonly string[] Names = ["host-a", "host-b"];

        private readonly Network[] networks =
        [
            Given.Network("10.0.0.0/27", 1) with { Bridge = "br1" },
            Given.Network("10.0.1.0/27", 2, shareAddress: true) with { Bridge = "br2" },
            Given.Network("10.0.2.0/27", 3) with { Bridge = "br3", MultiHost = false, Host = "host-b" },
        ];

        private readonly HostSettings settings;
        private readonly MemoryLedger ledger;
        private readonly Dictionary<string, HostState> kernels = Names.ToDictionary(name => name, _ => HostState.Empty);
        private readonly Dictionary<string, Ipv4[]> toRelease = Names.ToDictionary(name => name, _ => Array.Empty<Ipv4>());
        private readonly HashSet<(string, Guid)> had = [];
        private int instances;

        public Story(bool tearsDown)
        {
            settings = Given.Settings with { TearsDownUnused = tearsDown };
            ledger = new MemoryLedger(networks);
            foreach (var name in Names)
                ledger.Do(Guid.Empty, name, _ => new InstanceDecision.Decided { Hosts = [new HostJoined(name, Given.Noon), new HostSettingsChanged(name, settings, "/", Given.Noon)] });
        }

        public int Left { get; private set; }

        public void Step(int choice)
        {
            var (host, rest) = (Names[choice % 2], choice / 16);
            switch (choice / 2 % 8)
            {
                case 0 or 1:
                    Spawn(host, networks[rest % networks.Length]);
                    break;
                case 2 or 3 when On(host).ToList() is { Count: > 0 } some:
                    Delete(some[rest % some.Count], crashes: rest % 3 == 0);
                    break;
                case 4:
                    Leave(host);
                    break;
                case 5:
                    toRelease[host] = [.. LeftBy(host)]; // looked up before the host is brought there, as it may have come to them since
                    Reconcile(host);
                    break;
                case 6:
                    LetGo(host);
                    break;
                default:
                    toRelease[host] = []; // the worker dies; the next one begins with a reconcile
                    Reconcile(host);
                    break;
            }
        }

        /// <summary>Each worker takes its messages again, and does the whole of it once.</summary>
        public void Settle()
        {
            foreach (var releasing in ledger.Instances.Where(instance => instance.Status == InstanceStatus.Releasing).ToList())
                Release(releasing);
            foreach (var host in Names)
            {
                Leave(host);
                toRelease[host] = [.. LeftBy(host)];
                Reconcile(host);
                LetGo(host);
            }
        }

        public void NoAddressIsOnTwoHosts()
        {
            var answered = Names.SelectMany(name => kernels[name].Resources.OfType<BridgeAddress>().Where(one => one.Bridge == "br1").Select(one => (Host: name, one.Address))).ToList();
            Assert.Equal(answered.Count, answered.DistinctBy(one => one.Address).Count());
            Assert.All(answered, one => Assert.Equal(
                (one.Host, true),
                (Used(one.Address)?.Host ?? one.Host, Used(one.Address) is { Status: FixedIpStatus.TakenByHost or FixedIpStatus.LeftByHost })));
        }

        public void BridgesAreThoseThatMustBe()
        {
            foreach (var (host, network) in Names.SelectMany(host => networks.Select(network => (host, network))))
            {
                var isServed = network.Host == host && (!settings.TearsDownUnused || ledger.Instances.Any(instance => instance.IsOnHost && instance.Ports.Any(port => port.NetworkId == network.Id)));
                var hasPorts = On(host).Any(instance => instance.Ports.Any(port => port.NetworkId == network.Id));
                Assert.Equal(
                    hasPorts || isServed || (!settings.TearsDownUnused && had.Contains((host, network.Id))),
                    kernels[host].Resources.OfType<Bridge>().Any(bridge => bridge.Name == network.Bridge));
            }
        }

        private IEnumerable<InstanceNetwork> On(string host) => ledger.Instances.Where(instance => instance.IsOnHost && instance.Host == host);

        private void Spawn(string host, Network network)
        {
            var command = Given.Spawn(++instances, host, Given.Asking(network));
            if (ledger.Spawn(command) is not InstanceDecision.Decided)
                return;
            had.Add((host, network.Id));
            foreach (var follows in ledger.State(command).HostsToFollow(networks))
            {
                Apply(follows, HostChange.Coming(ViewOf(follows), new Cause(null, command.InstanceId)));
                ledger.Do(command.InstanceId, follows, situation => InstanceDecisions.Configured(follows, 1, true, situation, Given.Noon));
            }
        }

        private void Delete(InstanceNetwork instance, bool crashes)
        {
            ledger.Do(instance.InstanceId, instance.Host!, situation => InstanceDecisions.Delete(instance.InstanceId, situation, Given.Noon));
            if (!crashes)
                Release(instance);
        }

        private void Release(InstanceNetwork instance)
        {
            foreach (var host in instance.HostsToFollow(networks))
            {
                var ports = ServedPort.Of(instance).Select(port => port with { IsHere = instance.Host == host }).ToList();
                var served = networks.Where(network => ports.Any(port => port.NetworkId == network.Id)).Select(network => new ServedNetwork(network, network.DhcpServer)).ToList();
                Apply(host, HostChange.Going(new HostView(host, settings, served, ports), new Cause(null, instance.InstanceId)));
                ledger.Do(instance.InstanceId, host, situation => InstanceDecisions.Released(true, situation, Given.Noon));
            }
        }

        private void Leave(string host)
        {
            if (!settings.TearsDownUnused)
                return;
            var record = ledger.Read(host).State;
            var unused = networks.Select(network => network.Id).Where(id => record.Has(id) && !ledger.Instances.Any(instance =>
                instance.ConcernedHosts().Contains(host) && UnusedNetworks.IsNeededFor(instance, id, host))).ToList();
            Left += unused.Count;
            ledger.Do(Guid.Empty, host, situation => UnusedNetworks.Leave(unused, situation, Given.Noon));
        }

        private void LetGo(string host)
        {
            foreach (var address in toRelease[host])
                ledger.Do(Guid.Empty, host, situation => UnusedNetworks.LetGo(BlockKey.Of(networks[0], address), [address], situation, Given.Noon));
            toRelease[host] = [];
        }

        private IEnumerable<Ipv4> LeftBy(string host) =>
            ledger.Used(networks[0]).Where(used => used.Status == FixedIpStatus.LeftByHost && used.Host == host).Select(used => used.Address);

        private FixedIp? Used(Ipv4 address) => ledger.Used(networks[0]).SingleOrDefault(used => used.Address == address);

        private void Reconcile(string host) => kernels[host] = HostPlanner.Plan(ViewOf(host));

        private void Apply(string host, HostChange change) => kernels[host] = kernels[host].After(HostChange.Steps([change], kernels[host]));

        private HostView ViewOf(string host)
        {
            var record = new HostDocument { Id = host, State = ledger.Read(host).State };
            var served = ledger.Instances.Where(instance => instance.Host == host || instance.HostsToFollow(networks).Contains(host))
                .Select(instance => new InstanceDocument { Id = instance.InstanceId, State = instance, Host = instance.Host, ServedBy = instance.IsOnHost ? instance.Host : null });
            return HostViews.ContentOf(record, networks, [.. served]).ViewOf(host, settings);
        }
    }
}

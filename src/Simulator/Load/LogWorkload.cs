using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;

namespace NovaNetBus.Simulator.Load;

/// <summary>
/// The log of a cloud that lives: instances come to twenty hosts of one /16, get their leases, and go again when there are enough. Nine events and one commit every 100 ms for each step of a life, as
/// the programs write them; the same for the same seed.
/// </summary>
/// <param name="events">How many, at least.</param>
internal sealed class LogWorkload(int events)
{
    private const int Hosts = 20, Alive = 5_000, LeaseSeconds = 86_400;

    private static readonly Cidr Range = Cidr.Parse("10.0.0.0/16");
    private static readonly string[] Sentences =
    [
        "Add firewall element VmPorts {{ {0} }}.", "Add firewall element PortMac {{ {0} . {1} }}.", "Add firewall element PortIp {{ {0} . {1} . {2} }}.",
        "Add DHCP answer {2} for {1}.",
    ];

    private readonly Random dice = new(1);
    private readonly StoredEvents log = new("novanet-worker");
    private readonly Queue<(Spawned One, string Host)> alive = [];
    private readonly Queue<Ipv4> free = new(Enumerable.Range(2, (1 << 16) - 4).Select(offset => Range.Network + (uint)offset));

    public static HostSettings Settings { get; } = new("eth0", "br100", null, Ipv4.Parse("192.0.2.1"), [], LeaseSeconds, "novalocal", []);

    public static IReadOnlyList<string> HostNames { get; } = [.. Enumerable.Range(1, Hosts).Select(number => $"host-{number:00}")];

    public Network Network { get; } = new()
    {
        Id = Guid.Parse("5f4d3c2b-1a09-4876-8543-21fedcba9876"),
        Label = "private",
        Cidr = Range,
        Gateway = Range.Network + 1,
        DhcpServer = Range.Network + 1,
        DhcpStart = Range.Network + 2,
        Assignable = new AddressRange(Range.Network + 2, Range.Network + ((1 << 16) - 2)),
        Bridge = "br100",
        MultiHost = true,
        ShareAddress = true,
        EnableDhcp = true,
        Mtu = 1500,
        Dns = [],
        CreatedAt = Start,
    };

    /// <summary>The time of the first event.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The time of the last event so far.</summary>
    public DateTimeOffset Now { get; private set; } = Start;

    public IEnumerable<LoggedEvent> Events()
    {
        yield return log.Next(new NetworkCreated(Network), new Origin("create", "create", "scheduler", "operator"), Now);
        foreach (var host in HostNames)
        {
            var origin = new Origin(null, host, host, null);
            yield return log.Next(new HostJoined(host, Now), origin, Now);
            yield return log.Next(new HostSettingsChanged(host, Settings, "/var/lib/novanet", Now), origin, Now);
        }

        while (log.Sequence < events)
        {
            foreach (var change in alive.Count < Alive ? Spawn() : End())
            {
                yield return change;
            }
        }
    }

    private IEnumerable<LoggedEvent> Spawn()
    {
        var (host, address, seed) = (HostNames[dice.Next(Hosts)], free.Dequeue(), NewId());
        var one = new Spawned(NewId(), NewVif.IdOf(seed, 0), NewVif.MacOf(seed, 0), address);
        var origin = new Origin($"{NewId()}", $"{one.Id}", host, "compute");
        var (port, block) = (new Port(one.Vif, Port.NameOf(one.Vif), one.Mac, Network.Id, address), BlockOf(address));
        alive.Enqueue((one, host));
        Now += Step;
        yield return log.Next(one.Id, new InstanceNetworkAllocated(one.Id, "project-1", host, "vm", [port], Now), origin, Now);
        yield return log.Next(block, new FixedIpAllocated(address, one.Id, one.Vif, one.Mac, host, "project-1", "vm", Now), origin, Now);
        Now += Step;
        var actions = Sentences.Select(sentence => string.Format(System.Globalization.CultureInfo.InvariantCulture, sentence, port.PortName, one.Mac, address)).ToList();
        yield return log.Next(one.Id, new InstanceNetworkConfigured(host, 1, Now), origin with { Actions = actions }, Now);
        Now += Step;
        yield return log.Next(block, new FixedIpLeaseStarted(address, one.Mac, host, Now.AddSeconds(LeaseSeconds), Now), origin with { MessageId = null }, Now);
    }

    private IEnumerable<LoggedEvent> End()
    {
        var (one, host) = alive.Dequeue();
        var (origin, block) = (new Origin($"{NewId()}", $"{one.Id}", host, "compute"), BlockOf(one.Address));
        Now += Step;
        yield return log.Next(one.Id, new InstanceDeletionRequested(one.Id, Now), origin, Now);
        yield return log.Next(block, new FixedIpDeallocated(one.Address, Now), origin, Now);
        Now += Step;
        yield return log.Next(one.Id, new InstanceNetworkReleased([one.Address], Now), origin, Now);
        yield return log.Next(block, new FixedIpLeaseEnded(one.Address, one.Mac, host, Now), origin, Now);
        yield return log.Next(block, new FixedIpReleased(one.Address, Now), origin, Now);
        free.Enqueue(one.Address);
        foreach (var change in Spawn())
        {
            yield return change;
        }
    }

    private static TimeSpan Step { get; } = TimeSpan.FromMilliseconds(100);

    private BlockKey BlockOf(Ipv4 address) => new(Network.Id, new BlockLayout(Range).IndexOf(address));

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        dice.NextBytes(bytes);
        return new Guid(bytes);
    }

    private sealed record Spawned(Guid Id, Guid Vif, MacAddress Mac, Ipv4 Address);
}

using System.Diagnostics;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.NetworkWorker.Kernel.Firewall;

/// <summary>The host's firewall as the plan sees it: rules, and elements of their sets. Other people's tables are never touched.</summary>
internal sealed class HostFirewall : IDisposable
{
    private readonly Nftables nft = new();
    private readonly Conntrack connections = new();
    private readonly RuleTable[] tables;
    private readonly Lock lease = new();
    private readonly HashSet<string> leased = [];
    private long leasedUntil;

    /// <param name="routed">False: only the rules for bridges, for a kernel that has no more.</param>
    public HostFirewall(bool routed = true) =>
        tables = [.. FirewallRuleText.All.Where(text => routed || text.Families.Contains("bridge")).Select(text => new RuleTable(nft, text))];

    /// <summary>The rules with all their elements; rules that are not in order show as version 0, without elements.</summary>
    public IReadOnlyList<HostResource> Read()
    {
        var contents = tables.Select(table => table.Read()).ToList();
        leased.Clear();
        Note([], contents.SelectMany(content => content.Elements));
        return contents.All(content => content.IsIntact)
            ? [new FirewallRules(HostPlanner.FirewallVersion), .. contents.SelectMany(content => content.Elements)]
            : contents.Any(content => content.Exists) ? [new FirewallRules(0)] : [];
    }

    /// <summary>Loads the rules, in place of what is there, with these elements at once.</summary>
    public void Replace(IReadOnlyList<FirewallElement> elements)
    {
        lock (lease)
        {
            foreach (var table in tables)
            {
                table.Replace(elements.Where(table.Has), Left());
            }
        }

        leased.Clear();
        Note([], elements);
    }

    /// <summary>
    /// The host answers for what it holds on lease until this moment of the process's monotonic clock (<see cref="Stopwatch.GetTimestamp"/>), and the kernel sees to it that it
    /// does not any longer, whatever becomes of this process. May be called beside all others, and does not wait for them.
    /// </summary>
    public void Renew(long until)
    {
        lock (lease)
        {
            leasedUntil = until;
            foreach (var table in tables)
            {
                table.Renew(Left());
            }

            // Whoever stood still in here longer than the lease lasts has just prolonged it.
            if (Left() == TimeSpan.Zero)
            {
                foreach (var table in tables)
                {
                    table.Renew(TimeSpan.Zero);
                }
            }
        }
    }

    /// <summary>True for an address that the host answers for only while its lease lasts.</summary>
    public bool IsLeased(Ipv4 address) => leased.Contains(address.ToString());

    public void Delete()
    {
        foreach (var table in tables.Reverse())
        {
            table.Delete();
        }
    }

    /// <summary>One transaction for each group of tables that is concerned. Connections of a floating address that comes or goes are forgotten.</summary>
    public void Change(IReadOnlyList<FirewallElement> gone, IReadOnlyList<FirewallElement> come)
    {
        foreach (var table in tables)
        {
            var (leaving, coming) = (gone.Where(table.Has).ToList(), come.Where(table.Has).ToList());
            if (leaving.Count + coming.Count > 0)
            {
                table.Change(leaving, coming);
            }
        }

        Note(gone, come);
        var translated = gone.Concat(come).Where(element => element.Set is FirewallSet.FloatingDnat or FirewallSet.FloatingSnat);
        if (translated.Select(element => Ipv4.Parse(element.Parts[0])).ToHashSet() is { Count: > 0 } addresses)
        {
            connections.Forget(addresses);
        }
    }

    private TimeSpan Left() => leasedUntil > Stopwatch.GetTimestamp() ? Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), leasedUntil) : TimeSpan.Zero;

    private void Note(IEnumerable<FirewallElement> gone, IEnumerable<FirewallElement> come)
    {
        leased.ExceptWith(AddressesOf(gone));
        leased.UnionWith(AddressesOf(come));
    }

    private static IEnumerable<string> AddressesOf(IEnumerable<FirewallElement> elements) =>
        elements.Where(element => element.Set == FirewallSet.LeasedAddresses).Select(element => element.Parts[0]);

    public void Dispose()
    {
        nft.Dispose();
        connections.Dispose();
    }
}

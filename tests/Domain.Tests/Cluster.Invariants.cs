using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>What must hold after every step, and at the end.</summary>
internal sealed partial class Cluster
{
    internal void NothingIsLeft()
    {
        foreach (var host in ledger.Hosts.Where(host => host.IsRetired).Select(host => host.Name).ToList())
            Sweep(host, 1000);
        clock += 100_000;
        Reap(Now);
        WhatMustHold();
        Assert.All(ledger.Instances, instance => Assert.Equal(InstanceStatus.Released, instance.Status));
        Assert.All(ledger.Instances, instance => Assert.Empty(instance.Nics));
        Assert.All(
            ledger.Blocks.SelectMany(block => block.Used.Values), used => Assert.True(used.Status is FixedIpStatus.Released or FixedIpStatus.TakenByHost or FixedIpStatus.Reserved));
        Assert.Empty(plugged);
    }

    private void WhatMustHold()
    {
        if (looked == ledger.Appends + Plugs)
            return;

        looked = ledger.Appends + Plugs;
        var recorded = ledger.Blocks.SelectMany(block => block.Used.Values.Select(used => (block.NetworkId, Used: used))).ToList();
        var owned = ledger.Instances.Where(instance => instance.IsOnHost)
            .SelectMany(instance => instance.Ports.Select(port => $"{port.NetworkId} {port.Address} {instance.InstanceId} {port.VifId} {port.Mac} {instance.Host}"));
        var taken = ledger.Hosts.SelectMany(host => host.Addresses.Select(served => $"{served.Key} {served.Value} {host.Name}"));

        // Seen from the instances and hosts, and from the blocks: no owner without a record and no record without an owner.
        Assert.Equal(owned.Order(StringComparer.Ordinal), Recorded(FixedIpStatus.Allocated, used => $"{used.InstanceId} {used.VifId} {used.Mac} {used.Host}"));
        Assert.Equal(taken.Order(StringComparer.Ordinal), Recorded(FixedIpStatus.TakenByHost, used => used.Host!));
        Assert.Equal(recorded.Count, recorded.Select(entry => entry.Used.Address).Distinct().Count());

        // What waits for its host has an instance that is going there.
        Assert.All(recorded.Where(entry => entry.Used.Status == FixedIpStatus.Deallocated), entry => Assert.Contains(ledger.Instances, instance =>
            instance.InstanceId == entry.Used.InstanceId && (instance.Status == InstanceStatus.Releasing || instance.Leaving.Any(port => port.Address == entry.Used.Address))));
        WhatMustHoldOnTheWire();
        foreach (var network in networks)
            AddsUp(network);

        IEnumerable<string> Recorded(FixedIpStatus status, Func<FixedIp, string> owner) =>
            recorded.Where(entry => entry.Used.Status == status).Select(entry => $"{entry.NetworkId} {entry.Used.Address} {owner(entry.Used)}").Order(StringComparer.Ordinal);
    }

    /// <summary>Of the ports of instances that run: an address is plugged once, and a MAC address is one NIC's on its segment.</summary>
    private void WhatMustHoldOnTheWire()
    {
        var running = ledger.Instances.Where(instance => instance.IsOnHost).SelectMany(instance => instance.Ports).ToHashSet();
        var sending = plugged.Values.Where(running.Contains).ToList();
        Assert.Equal(sending.Count, sending.Select(port => port.Address).Distinct().Count());
        var nics = ledger.Instances.SelectMany(instance => instance.Nics.Select(nic => (nic.Mac, instance.InstanceId))).Distinct().ToList();
        Assert.Equal(nics.Count, nics.Select(nic => nic.Mac).Distinct().Count()); // all networks here are on one bridge
    }

    /// <summary>Free, reserved, used and resting: always the size.</summary>
    private void AddsUp(Network network)
    {
        var layout = new BlockLayout(network.Cidr);
        var blocks = Enumerable.Range(0, layout.Count).Select(index => ledger.Read(new BlockKey(network.Id, index)).State).ToList();
        var reserved = blocks.Sum(block => layout.AddressesOf(block.Index).Count(network.IsReserved));
        var free = blocks.Sum(block => FreeOf(block, network));
        var resting = blocks.Sum(block => block.Used.Values.Count(used => used.Status == FixedIpStatus.Released && used.LeasedToAnotherThan(null) > Now));

        Assert.Equal(network.Cidr.Size, free + reserved + blocks.Sum(block => block.Taken) + resting);
    }

    /// <summary>How many addresses a block would give, one after the other.</summary>
    private int FreeOf(Block block, Network network)
    {
        var free = 0;
        for (; BlockDecisions.NextFree(block, network, null, Now) is { } next; free++)
            block = block.Evolve(new FixedIpTakenByHost(next, "anyone", Now));
        return free;
    }
}

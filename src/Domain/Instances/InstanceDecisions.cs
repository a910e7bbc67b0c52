using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Projects;

namespace NovaNetBus.Domain.Instances;

/// <summary>What happens to an instance's network. Every decision may be asked again after a crash or a duplicate, with the same result.</summary>
public static class InstanceDecisions
{
    /// <summary>
    /// Addresses for all NICs or for none. Codes: those of <see cref="NetworkSelection.For"/> and of <see cref="BlockDecisions"/>, fixed-ip-limit-exceeded,
    /// no-more-fixed-ips, no-network-host, host-not-found, invalid-mac-address, mac-address-in-use, instance-deleted, invalid-message, no-more-floating-ips, floating-ip-pool-not-found.
    /// </summary>
    public static InstanceDecision Spawn(Spawn command, InstanceSituation situation) => situation.State switch
    {
        { IsOnHost: true } state when state.Host == command.Host => InstanceDecision.Unchanged,
        { IsOnHost: true } state => new InstanceDecision.Refused(
            new Refusal("invalid-message", $"Instance {command.InstanceId} is on host {state.Host}; publish instance-migrating to move it."), null),
        { Status: InstanceStatus.Releasing or InstanceStatus.Released } => new InstanceDecision.Refused(Deleted(command.InstanceId), null),
        { IsOnItsWay: true } => new InstanceDecision.Refused(Moves.OnItsWay(command.InstanceId), null),
        _ when command.Host != situation.Host.Name && !situation.LacksWorker => new InstanceDecision.Refused(Attended(command.Host), null),
        _ => NetworkSelection.For(command.Policy.Manager, command.ProjectId, command.Networks, situation.Networks) switch
        {
            Decision<SelectedNetwork>.Accepted { Events: var selected } =>
                ProjectDecisions.WhyNotFixedIps(command.ProjectId, selected.Count, situation.FixedIpsLeft) is { } exceeded ? Refuse(command, exceeded) : Allocate(command, selected, situation),
            Decision<SelectedNetwork>.Refused refused => Refuse(command, refused.Refusal),
            _ => throw new InvalidOperationException("a decision is accepted or refused"),
        },
    };

    /// <summary>The instance's end: its addresses are deallocated, but free only after <see cref="Released"/>. Of an unknown instance it leaves a tombstone. Code: invalid-message.</summary>
    public static InstanceDecision Delete(Guid instanceId, InstanceSituation situation, DateTimeOffset now) => situation.State switch
    {
        // only the host that has its ports can let go of them
        { IsOnHost: true } or { Status: InstanceStatus.Moving or InstanceStatus.Releasing } or { Leaving.Count: > 0 } when !situation.State.IsInHandsOf(situation.Host.Name) => new InstanceDecision.Refused(
            new Refusal("invalid-message", $"Instance {instanceId} is on host {situation.State.Host}; publish its deletion with that routing key."), null),
        { Status: InstanceStatus.Releasing or InstanceStatus.Released } => InstanceDecision.Unchanged,
        { IsOnHost: true } or { IsOnItsWay: true } => HeldAddresses.Change(
            situation.State.Ports, situation, used => HeldAddresses.Deallocated(used, now),
            blocks => new InstanceDecision.Decided { Instance = [new InstanceDeletionRequested(instanceId, now)], Blocks = blocks }),
        _ => new InstanceDecision.Decided { Instance = [new InstanceDeletionRequested(instanceId, now)] },
    };

    /// <summary>
    /// The host has let go of a deleted instance; once all have that it has to do with, its addresses are free. It <paramref name="endsLeases"/> too (force_dhcp_release), or an address that is on lease is free when its lease ends.
    /// </summary>
    public static InstanceDecision Released(bool endsLeases, InstanceSituation situation, DateTimeOffset now) => situation.State switch
    {
        { Status: InstanceStatus.Releasing } state => NotYet(situation.Host.Name, state, situation, now) ?? HeldAddresses.Change(
            state.Ports.Concat(state.Leaving), situation, used => HeldAddresses.LetGo(used, endsLeases, now),
            blocks => HeldFloatings.Left(
                state, [.. state.LeavingFloatings, .. state.Floatings.Select(LeavingIp.Along)], situation, now,
                floatings => new InstanceDecision.Decided { Instance = [new InstanceNetworkReleased(AddressesOf(state), now)], Blocks = blocks, Floatings = floatings })),
        _ => InstanceDecision.Unchanged,
    };

    /// <summary>
    /// The host is in the state of this generation of an instance's network: what comes is there, and it has let go of what leaves. Too late when the network
    /// has changed since. <paramref name="endsLeases"/> is as for <see cref="Released"/>.
    /// </summary>
    public static InstanceDecision Configured(string host, long generation, bool endsLeases, InstanceSituation situation, DateTimeOffset now)
    {
        if (situation.State is not { Status: InstanceStatus.Allocated or InstanceStatus.Configured or InstanceStatus.Failed } state || state.Generation != generation)
        {
            return InstanceDecision.Unchanged;
        }

        if ((state.Status == InstanceStatus.Allocated || state.IsLettingGo) && NotYet(host, state, situation, now) is { } others)
        {
            return others;
        }

        ValueList<InstanceEvent> configured = state.Status == InstanceStatus.Allocated ? [new InstanceNetworkConfigured(host, generation, now)] : [];
        return HeldAddresses.Change(
            state.Leaving, situation, used => HeldAddresses.LetGo(used, endsLeases, now),
            blocks => HeldFloatings.Left(
                state, state.LeavingFloatings, situation, now,
                floatings => new InstanceDecision.Decided { Instance = [.. Left(state, now), .. configured], Blocks = blocks, Floatings = floatings }));
    }

    /// <summary>
    /// The host cannot be brought into the state of this generation, the instance's first: nothing stays allocated, and the same message may come again (nova: 077e3c770e).
    /// The addresses are free after <see cref="Configured"/>, when the host has let go of what it had taken up.
    /// </summary>
    public static InstanceDecision Withdrawn(Spawn command, long generation, Refusal why, InstanceSituation situation) => situation.State switch
    {
        { Status: InstanceStatus.Allocated, ConfiguredAt: null } state when state.Generation == generation => HeldAddresses.Change(
            state.Ports, situation, used => HeldAddresses.Deallocated(used, command.Now),
            blocks => new InstanceDecision.Decided { Instance = [Refuse(command, why).Event!], Blocks = blocks }),
        _ => InstanceDecision.Unchanged,
    };

    /// <summary>
    /// Its host is gone for good: so is the instance, unless it was about to leave, and nobody has to let go of anything. Nothing once the host has joined anew, or for an instance that is elsewhere,
    /// or that no worker of this host has ever had.
    /// </summary>
    public static InstanceDecision Forgotten(Guid instanceId, InstanceSituation situation, DateTimeOffset now)
    {
        if (situation.State is not { } state || state.Host != situation.Host.Name || !situation.Host.IsRetired || !state.IsAttended || state.ConcernedHosts().Count == 0)
        {
            return InstanceDecision.Unchanged;
        }

        var goesOn = state.Status == InstanceStatus.Moving;
        ValueList<InstanceEvent> end = state.Status switch
        {
            InstanceStatus.Failed => [.. Left(state, now)],
            InstanceStatus.Moving => [.. Left(state, now), new InstanceLeftHost(state.Host!, now)], // it goes on elsewhere
            InstanceStatus.Releasing => [new InstanceNetworkReleased(AddressesOf(state), now)],
            _ => [new InstanceDeletionRequested(instanceId, now), new InstanceNetworkReleased(AddressesOf(state), now)],
        };
        return HeldAddresses.Change(
            goesOn ? state.Leaving : state.Ports.Concat(state.Leaving), situation,
            used => [.. Reaping.Without(state.Host!, used with { Status = FixedIpStatus.Deallocated }, now)],
            blocks => HeldFloatings.Left(
                state, [.. state.LeavingFloatings, .. goesOn ? [] : state.Floatings.Select(LeavingIp.Along)], situation, now,
                floatings => new InstanceDecision.Decided { Instance = end, Blocks = blocks, Floatings = floatings }));
    }

    /// <summary>A worker has come to this host, which had none when the instance came: it follows from now on.</summary>
    public static InstanceDecision Attended(string host, InstanceSituation situation, DateTimeOffset now) =>
        situation.State is { IsAttended: false } state && state.ConcernedHosts().Contains(host)
            ? new InstanceDecision.Decided { Instance = [new InstanceAttended(host, now)] }
            : InstanceDecision.Unchanged;

    /// <summary>The addresses of all NICs, in their order.</summary>
    public static ValueList<Ipv4> AddressesOf(InstanceNetwork state) => state.Ports.Select(port => port.Address).ToValueList();

    /// <summary>That the host has let go of all that was leaving.</summary>
    internal static IEnumerable<InstanceEvent> Left(InstanceNetwork state, DateTimeOffset now)
    {
        if (state.Leaving.Count > 0)
        {
            yield return new InstanceFixedIpsReleased(state.Leaving.Select(port => port.Address).ToValueList(), now);
        }

        if (state.LeavingFloatings.Count > 0)
        {
            yield return new InstanceFloatingIpsLeft(state.LeavingFloatings.Select(leaving => leaving.Floating.Address).ToValueList(), now);
        }
    }

    /// <summary>What is recorded of one host while others have not followed yet; null: it is the last.</summary>
    private static InstanceDecision? NotYet(string host, InstanceNetwork state, InstanceSituation situation, DateTimeOffset now) =>
        state.HostsToFollow(situation.Networks).Any(other => other != host && !state.Ready.Contains(other))
            ? new InstanceDecision.Decided { Instance = state.Ready.Contains(host) ? [] : [new InstanceHostReady(host, state.Generation, now)] }
            : null;

    internal static Refusal Attended(string host) => new("invalid-message", $"Host '{host}' has a worker; publish this with that routing key.", Retryable: true);

    internal static Refusal Deleted(Guid instanceId) => new("instance-deleted", $"Instance {instanceId} was deleted; its id cannot be used again.");

    private static InstanceDecision Allocate(Spawn command, ValueList<SelectedNetwork> selected, InstanceSituation situation)
    {
        var isAttended = command.Host == situation.Host.Name;
        var owner = new NicOwner(command.InstanceId, command.ProjectId, command.Host, command.Hostname, command.Seed, command.Now, command.Policy.HostsServe, command.IsVpn, isAttended);
        var allocation = new Allocation(owner, [], situation);
        if (allocation.NicsOn(selected) is { } stop)
        {
            return stop is InstanceDecision.Refused refused ? Refuse(command, refused.Refusal) : stop;
        }

        FloatingPlace? place = null;
        if (command.FloatingPool is { } pool && FloatingAllocation.TakeFree(pool, situation, out place) is { } none)
        {
            return none is InstanceDecision.Refused refused ? Refuse(command, refused.Refusal) : none;
        }

        var fact = new InstanceNetworkAllocated(command.InstanceId, command.ProjectId, command.Host, command.Hostname, allocation.Ports, command.Now)
        {
            IsVpn = command.IsVpn,
            IsAttended = isAttended,
            Floatings = place is null ? [] : [new AssociatedIp(place.Floating.Address, place.Block.Pool, place.Floating.Interface, allocation.Ports[0].Address, AutoAssigned: true)],
            MetadataDigest = command.Metadata == InstanceMetadata.Empty ? null : command.Metadata.DigestFor(command.InstanceId),
        };
        return new InstanceDecision.Decided
        {
            Instance = [fact],
            Blocks = allocation.Blocks,
            Hosts = allocation.Hosts,
            Networks = selected.Where(wanted => wanted.IsFirstUse).Select(NetworkEvent (wanted) => new NetworkAssigned(wanted.Network.Id, command.ProjectId, command.Now)).ToValueList(),
            Floatings = place is null ? [] : AutoAssigned(command, place, allocation.Ports[0]),
        };
    }

    private static ValueList<FloatingBlockEvent> AutoAssigned(Spawn command, FloatingPlace place, Port port) =>
    [
        new(place.Block, new FloatingIpAllocated(place.Floating.Address, command.ProjectId, AutoAssigned: true, command.Now)),
        new(place.Block, new FloatingIpAssociated(place.Floating.Address, port.Address, command.InstanceId, command.Host, command.Now)),
    ];

    private static InstanceDecision.Refused Refuse(Spawn command, Refusal refusal) => new(refusal, new InstanceNetworkRefused(
        command.InstanceId, command.ProjectId, command.Host, command.Hostname, refusal.Code, refusal.Message, refusal.Retryable, command.Now));
}

using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Projects;

namespace NovaNetBus.Domain.Instances;

/// <summary>One more address for a running instance.</summary>
/// <param name="InstanceId">Which.</param>
/// <param name="Host">The host that was asked.</param>
/// <param name="Network">Id or label.</param>
/// <param name="Request">The id of the message; the same one again changes nothing. Null: it has none, so each one is a request of its own.</param>
/// <param name="Seed">Random; id and MAC address of a new NIC come from it.</param>
/// <param name="Now">UTC.</param>
public sealed record AddFixedIp(Guid InstanceId, string Host, string Network, string? Request, Guid Seed, DateTimeOffset Now)
{
    /// <summary>The options of the worker that asks.</summary>
    public NetworkPolicy Policy { get; init; } = NetworkPolicy.Default;
}

/// <summary>An address less for a running instance.</summary>
/// <param name="InstanceId">Which.</param>
/// <param name="Host">The host that was asked.</param>
/// <param name="Address">The fixed IP.</param>
/// <param name="Request">As for <see cref="AddFixedIp"/>.</param>
/// <param name="Now">UTC.</param>
public sealed record RemoveFixedIp(Guid InstanceId, string Host, string Address, string? Request, DateTimeOffset Now);

/// <summary>Addresses that come and go while the instance runs.</summary>
public static class FixedIpChanges
{
    /// <summary>
    /// On the instance's first NIC of that network, which DHCP does not offer a second address (nova: 3f6739e2a8), else on a new NIC. Codes: those of
    /// <see cref="NetworkSelection.For"/>, fixed-ip-limit-exceeded, no-more-fixed-ips, no-network-host, host-not-found, instance-not-found, instance-deleted, invalid-message.
    /// </summary>
    public static InstanceDecision Add(AddFixedIp command, InstanceSituation situation)
    {
        if (WhyNot(command.InstanceId, command.Host, situation) is { } refusal)
        {
            return new InstanceDecision.Refused(refusal, null);
        }

        var state = situation.State!;
        if (IsDone(state, command.Request))
        {
            return InstanceDecision.Unchanged;
        }

        if (ProjectDecisions.WhyNotFixedIps(state.ProjectId!, 1, situation.FixedIpsLeft) is { } exceeded)
        {
            return new InstanceDecision.Refused(exceeded, null);
        }

        return NetworkSelection.For(command.Policy.Manager, state.ProjectId!, [new NetworkRequest(command.Network, null, null)], situation.Networks) switch
        {
            Decision<SelectedNetwork>.Accepted selected => Add(command, state, selected.Events.Single(), situation),
            Decision<SelectedNetwork>.Refused refused => new InstanceDecision.Refused(refused.Refusal, null),
            _ => throw new InvalidOperationException("a decision is accepted or refused"),
        };
    }

    /// <summary>
    /// The address is deallocated, and free when its host has let go of it: see <see cref="InstanceDecisions.Configured"/>. A NIC goes with its last address. Codes:
    /// fixed-ip-invalid, fixed-ip-not-found-for-specific-instance, instance-not-found, instance-deleted, invalid-message.
    /// </summary>
    public static InstanceDecision Remove(RemoveFixedIp command, InstanceSituation situation)
    {
        if (WhyNot(command.InstanceId, command.Host, situation) is { } refusal)
        {
            return new InstanceDecision.Refused(refusal, null);
        }

        if (!Ipv4.TryParse(command.Address, out var address))
        {
            return new InstanceDecision.Refused(new Refusal("fixed-ip-invalid", $"'{command.Address}' is not an IPv4 address."), null);
        }

        var state = situation.State!;
        if (IsDone(state, command.Request) || state.Leaving.Any(port => port.Address == address))
        {
            return InstanceDecision.Unchanged;
        }

        var ports = state.Ports.Where(port => port.Address == address).ToValueList();
        return ports.Count == 0
            ? new InstanceDecision.Refused(new Refusal(
                "fixed-ip-not-found-for-specific-instance", $"Instance {command.InstanceId} has no address {address}; see 'novanet instance show {command.InstanceId}'."), null)
            : HeldAddresses.Change(
                ports, situation, used => HeldAddresses.Deallocated(used, command.Now),
                blocks => new InstanceDecision.Decided { Instance = [new InstanceFixedIpRemoved(address, command.Request, command.Now)], Blocks = blocks });
    }

    /// <summary>The host cannot be brought into the state of this generation: the address that came last goes again, so that nothing stays allocated for it.</summary>
    public static InstanceDecision Withdrawn(long generation, InstanceSituation situation, DateTimeOffset now) => situation.State switch
    {
        { Status: InstanceStatus.Allocated, Coming: { } address } state when state.Generation == generation => HeldAddresses.Change(
            state.Ports.Where(port => port.Address == address), situation, used => HeldAddresses.Deallocated(used, now),
            blocks => new InstanceDecision.Decided { Instance = [new InstanceFixedIpRemoved(address, null, now)], Blocks = blocks }),
        _ => InstanceDecision.Unchanged,
    };

    private static InstanceDecision Add(AddFixedIp command, InstanceNetwork state, SelectedNetwork selected, InstanceSituation situation)
    {
        var allocation = new Allocation(
            new NicOwner(state.InstanceId, state.ProjectId!, state.Host!, state.Hostname!, command.Seed, command.Now, command.Policy.HostsServe, IsAttended: state.IsAttended), state.Ports, situation);
        var stop = state.Ports.FirstOrDefault(port => port.NetworkId == selected.Network.Id) is { } nic
            ? allocation.AddressFor(nic, selected.Network)
            : allocation.NicsOn([selected]);
        return stop ?? new InstanceDecision.Decided
        {
            Instance = [new InstanceFixedIpAdded(allocation.Ports.Single(), command.Request, command.Now)],
            Blocks = allocation.Blocks,
            Hosts = allocation.Hosts,
        };
    }

    private static Refusal? WhyNot(Guid instanceId, string host, InstanceSituation situation) => situation.State switch
    {
        null or { Status: InstanceStatus.Failed } => new Refusal("instance-not-found", $"Instance {instanceId} has no network; publish its spawning first."),
        { Status: InstanceStatus.Releasing or InstanceStatus.Released } => InstanceDecisions.Deleted(instanceId),
        { IsOnItsWay: true } => Moves.OnItsWay(instanceId),
        { } state when !state.IsInHandsOf(host) => new Refusal("invalid-message", $"Instance {instanceId} is on host {state.Host}; publish this with that routing key."),
        _ => null,
    };

    private static bool IsDone(InstanceNetwork state, string? request) => request is not null && state.Requests.Contains(request);
}

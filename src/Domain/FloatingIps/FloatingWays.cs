using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Domain.FloatingIps;

/// <summary>What comes next for a message about a floating IP. Messages name no host: whoever has one asks this, does its step or sends it on, and asks again.</summary>
public abstract record FloatingWay
{
    private FloatingWay()
    {
    }

    /// <summary>The host of the instance that it is to lead to brings that about, or tells that it is so; null: no worker looks after that one, and any may.</summary>
    public sealed record Associate(string? Host, Guid InstanceId) : FloatingWay;

    /// <summary>The host of the instance that it leads to lets go of it; null: as for <see cref="Associate"/>.</summary>
    public sealed record Disassociate(string? Host, Guid InstanceId, Ipv4 Address) : FloatingWay;

    /// <summary>It was done by this very message before.</summary>
    public sealed record Done(FloatingIpDisassociated Left) : FloatingWay;

    /// <summary>It cannot be.</summary>
    public sealed record Refused(Refusal Refusal) : FloatingWay;
}

/// <summary>Finds the way of a message about a floating IP, from what the log says now.</summary>
public static class FloatingWays
{
    /// <summary>
    /// One that leads elsewhere is let go of first; when it leads there already, nothing changes. Nothing is begun that would be refused at its end. Codes: those of
    /// <see cref="FloatingChanges.Associate"/> but for floating-ip-associated, and cannot-disassociate-auto-assigned-floating-ip.
    /// </summary>
    /// <param name="command">What is asked for.</param>
    /// <param name="instance">That it is to lead to; null: never heard of.</param>
    /// <param name="named">The floating IP that is named; null: none is, or no pool has it.</param>
    /// <param name="holder">The instance that it leads to; null: none.</param>
    public static FloatingWay ToAssociate(AssociateFloating command, InstanceNetwork? instance, FloatingIp? named, InstanceNetwork? holder)
    {
        if (FloatingChanges.TargetFault(command, instance, out var fixedIp) is { } fault)
        {
            return new FloatingWay.Refused(fault);
        }

        var there = new FloatingWay.Associate(instance!.IsAttended ? instance.Host : null, instance.InstanceId);
        if (command.FloatingIp is null)
        {
            return there;
        }

        if (named is null)
        {
            return new FloatingWay.Refused(FloatingDecisions.NotFound(command.FloatingIp));
        }

        return (FloatingDecisions.OwnerFault(named, command.ProjectId), holder) switch
        {
            ({ } notOwned, _) => new FloatingWay.Refused(notOwned),
            (null, null) => there,
            _ when holder!.InstanceId == instance.InstanceId && holder.Floatings.Any(floating => floating.Address == named.Address && floating.FixedIp == fixedIp) => there,
            _ when named.AutoAssigned => new FloatingWay.Refused(AutoAssigned(named.Address)),
            _ => Disassociated(holder!, named),
        };
    }

    /// <summary>
    /// The same message again is answered as it was; <paramref name="request"/> is its id. Codes: floating-ip-not-found, forbidden, cannot-disassociate-auto-assigned-floating-ip,
    /// floating-ip-not-associated.
    /// </summary>
    public static FloatingWay ToDisassociate(string address, string projectId, string? request, FloatingIp? named, InstanceNetwork? holder) => named switch
    {
        null => new FloatingWay.Refused(FloatingDecisions.NotFound(address)),
        _ when FloatingDecisions.OwnerFault(named, projectId) is { } notOwned => new FloatingWay.Refused(notOwned),
        { AutoAssigned: true } => new FloatingWay.Refused(AutoAssigned(named.Address)),
        { IsAssociated: true } when holder is not null => Disassociated(holder, named),
        { Left: { } left } when request is not null && left.Request == request => new FloatingWay.Done(left),
        _ => new FloatingWay.Refused(NotAssociated(named.Address)),
    };

    private static FloatingWay.Disassociate Disassociated(InstanceNetwork holder, FloatingIp named) => new(holder.IsAttended ? holder.Host : null, holder.InstanceId, named.Address);

    internal static Refusal NotAssociated(Ipv4 address) => new("floating-ip-not-associated", $"{address} leads to no instance.");

    private static Refusal AutoAssigned(Ipv4 address) =>
        new("cannot-disassociate-auto-assigned-floating-ip", $"{address} came with its instance and goes with it.");
}

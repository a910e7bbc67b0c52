using NovaNetBus.Contracts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;

namespace NovaNetBus.Hosting;

/// <summary>
/// From messages about floating IPs to commands, alike in scheduler and workers, since each may be the one that finds its way. What cannot be meant is an
/// <see cref="InvalidMessageException"/> that names the field.
/// </summary>
public static class FloatingTranslation
{
    private const int LongestName = 255;

    /// <summary>With the pool and the quota that hold where the message names none.</summary>
    public static AssociateFloating ToCommand(FloatingAssociate message, NovaNetOptions options, DateTimeOffset now)
    {
        if (message.InstanceId == Guid.Empty)
        {
            throw new InvalidMessageException("instanceId must not be the empty UUID");
        }

        Check(message.ProjectId, "projectId");
        Check(message.FloatingIp ?? "none", "floatingIp");
        Check(message.Pool ?? "none", "pool");
        Check(message.FixedIp ?? "none", "fixedIp");
        return new AssociateFloating(
            message.InstanceId, message.ProjectId, message.FloatingIp, message.Pool ?? options.DefaultFloatingPool, message.FixedIp, options.QuotaFloatingIps, now);
    }

    /// <summary>The message itself.</summary>
    public static FloatingDisassociate Checked(FloatingDisassociate message)
    {
        Check(message.FloatingIp, "floatingIp");
        Check(message.ProjectId, "projectId");
        return message;
    }

    private static void Check(string text, string field)
    {
        if (text.Length is 0 or > LongestName || text.Any(char.IsControl))
        {
            throw new InvalidMessageException($"{field} must have 1 to {LongestName} characters, none of them a control character");
        }
    }
}

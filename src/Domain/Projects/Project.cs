namespace NovaNetBus.Domain.Projects;

/// <summary>What is kept of a project beside its networks: its quotas, where they are not the options'.</summary>
/// <param name="Id">As compute services and operators name it.</param>
/// <param name="FixedIps">The most fixed IPs that its instances may have; -1: no limit; null: as option quota_fixed_ips says.</param>
/// <param name="FloatingIps">The most floating IPs that it may have; -1: no limit; null: as option quota_floating_ips says.</param>
public sealed record Project(string Id, int? FixedIps, int? FloatingIps)
{
    /// <summary>The number that stands for no limit.</summary>
    public const int Unlimited = -1;

    private const int LongestId = 255;

    /// <summary>True for 1 to 255 characters, none of them a control character.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= LongestId && !text.Any(char.IsControl);

    /// <summary>The state after an event of this project's stream.</summary>
    public static Project Evolve(Project? state, ProjectEvent change) => change switch
    {
        ProjectQuotaSet e => new Project(e.ProjectId, e.FixedIps ?? state?.FixedIps, e.FloatingIps ?? state?.FloatingIps),
        _ => throw new InvalidOperationException($"{change.GetType().Name} is not known"),
    };
}

/// <summary>What can happen to a project.</summary>
/// <param name="ProjectId">Which.</param>
/// <param name="At">UTC.</param>
public abstract record ProjectEvent(string ProjectId, DateTimeOffset At);

/// <summary>An operator set quotas.</summary>
/// <param name="ProjectId">Whose.</param>
/// <param name="FixedIps">-1: no limit; null: not touched.</param>
/// <param name="FloatingIps">-1: no limit; null: not touched.</param>
/// <param name="At">UTC.</param>
public sealed record ProjectQuotaSet(string ProjectId, int? FixedIps, int? FloatingIps, DateTimeOffset At) : ProjectEvent(ProjectId, At);

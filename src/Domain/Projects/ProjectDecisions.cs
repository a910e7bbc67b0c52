namespace NovaNetBus.Domain.Projects;

/// <summary>What may become of a project's quotas, and what they allow.</summary>
public static class ProjectDecisions
{
    /// <summary>A quota below what the project has already takes nothing away; it only gets no more. Code: invalid-request.</summary>
    /// <param name="state">As it is; null: nothing is kept of it yet.</param>
    /// <param name="projectId">Which.</param>
    /// <param name="fixedIps">-1 or more; null: not touched.</param>
    /// <param name="floatingIps">-1 or more; null: not touched.</param>
    /// <param name="now">UTC.</param>
    public static Decision<ProjectEvent> SetQuota(Project? state, string projectId, int? fixedIps, int? floatingIps, DateTimeOffset now)
    {
        if (!Project.IsId(projectId))
        {
            return new Refusal("invalid-request", "A project's name has 1 to 255 characters, none of them a control character.");
        }

        if (fixedIps < Project.Unlimited || floatingIps < Project.Unlimited)
        {
            return new Refusal("invalid-request", "A quota is a number of addresses, or -1 for no limit.");
        }

        var change = new ProjectQuotaSet(projectId, fixedIps, floatingIps, now);
        return Project.Evolve(state, change) == state ? ValueList.Of<ProjectEvent>([]) : ValueList.Of<ProjectEvent>([change]);
    }

    /// <summary>Null when the project may have <paramref name="wanted"/> more fixed IPs. Code: fixed-ip-limit-exceeded.</summary>
    /// <param name="projectId">Which.</param>
    /// <param name="wanted">How many more.</param>
    /// <param name="left">How many more it may have; null: no limit.</param>
    public static Refusal? WhyNotFixedIps(string projectId, int wanted, long? left) => wanted > left
        ? new Refusal(
            "fixed-ip-limit-exceeded", $"Project {projectId} may have {Math.Max(0, left.Value)} more fixed IP(s), and this takes {wanted}; delete instances, or raise its quota: novanet project quota.",
            Retryable: true)
        : null;
}

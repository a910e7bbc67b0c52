using NovaNetBus.Domain.Projects;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class quotas_of_a_project
{
    [Fact]
    public void each_is_set_alone_and_the_other_stays()
    {
        var first = After(null, 5, null);
        var second = After(first, null, 7);

        Assert.Equal(new Project("red", 5, null), first);
        Assert.Equal(new Project("red", 5, 7), second);
        Assert.Equal(new Project("red", -1, 0), After(second, Project.Unlimited, 0));
    }

    [Fact]
    public void what_is_so_already_is_no_event()
    {
        Assert.Empty(Accepted(new Project("red", 5, null), 5, null));
        Assert.Empty(Accepted(new Project("red", 5, null), null, null));
    }

    [Theory, InlineData(-2, null), InlineData(null, -2), InlineData(5, int.MinValue)]
    public void a_quota_is_a_number_of_addresses_or_no_limit(int? fixedIps, int? floatingIps) => Refused("red", fixedIps, floatingIps);

    [Theory, InlineData(""), InlineData("re\0d"), InlineData("re\nd")]
    public void a_project_has_a_name(string project) => Refused(project, 1, 1);

    [Theory, InlineData(1, null, true), InlineData(1, 1L, true), InlineData(2, 2L, true), InlineData(3, 2L, false), InlineData(1, 0L, false), InlineData(1, -5L, false)]
    public void a_project_gets_what_is_left_and_no_more(int wanted, long? left, bool gets)
    {
        var refusal = ProjectDecisions.WhyNotFixedIps("red", wanted, left);

        Assert.Equal(gets ? null : "fixed-ip-limit-exceeded", refusal?.Code);
        Assert.DoesNotContain("-", refusal?.Message.Split(';')[0] ?? "", StringComparison.Ordinal);
    }

    private static ValueList<ProjectEvent> Accepted(Project? state, int? fixedIps, int? floatingIps) =>
        Assert.IsType<Decision<ProjectEvent>.Accepted>(ProjectDecisions.SetQuota(state, "red", fixedIps, floatingIps, Given.Noon)).Events;

    private static Project After(Project? state, int? fixedIps, int? floatingIps) => Accepted(state, fixedIps, floatingIps).Aggregate(state, Project.Evolve)!;

    private static void Refused(string project, int? fixedIps, int? floatingIps) =>
        Assert.Equal("invalid-request", Assert.IsType<Decision<ProjectEvent>.Refused>(ProjectDecisions.SetQuota(null, project, fixedIps, floatingIps, Given.Noon)).Refusal.Code);
}

using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class floating_ips_of_an_instance
{
    private readonly Network network = Given.Network(shareAddress: true);
    private readonly MemoryLedger ledger;
    private readonly Spawn spawn;
    private readonly Spawn other;

    public floating_ips_of_an_instance()
    {
        ledger = new MemoryLedger(network, Given.Network("10.0.1.0/24", 2, shareAddress: true));
        ledger.Floatings.Create("203.0.113.0/28");
        (spawn, other) = (Given.Spawn(1), Given.Spawn(2, "host-b"));
        foreach (var command in (ReadOnlySpan<Spawn>)[spawn, other])
        {
            ledger.Spawn(command);
            ledger.Configured(command, 1);
        }
    }

    [Fact]
    public void one_that_is_named_leads_to_the_first_fixed_ip_and_the_generation_rises()
    {
        var floating = Allocated();

        Associated(Associate(floating));

        var state = ledger.State(spawn);
        Assert.Equal((InstanceStatus.Allocated, 2), (state.Status, state.Generation));
        Assert.Equal([new AssociatedIp(Given.Ip(floating), "nova", null, state.Ports[0].Address, false)], state.Floatings);
        Assert.Equal((spawn.InstanceId, state.Ports[0].Address), (ledger.Floatings.Find(floating)!.InstanceId, ledger.Floatings.Find(floating)!.FixedIp));
        Assert.Equal([new ServedFloating(Given.Ip(floating), state.Ports[0].Address, network.Id, null)], ServedFloating.Of(state));
    }

    [Fact]
    public void the_same_again_changes_nothing_and_names_it_again()
    {
        var floating = Allocated();
        Associated(Associate(floating));
        var before = ledger.State(spawn);

        Assert.Equal(Given.Ip(floating), Associated(Associate(floating)));
        Assert.Equal(before, ledger.State(spawn));
    }

    [Fact]
    public void without_a_name_one_is_allocated_in_the_same_commit_and_the_same_again_finds_it()
    {
        var first = Associated(Associate(null));
        var again = Associated(Associate(null));

        Assert.Equal(first, again);
        Assert.Equal(("project", spawn.InstanceId), (ledger.Floatings.Find($"{first}")!.ProjectId, ledger.Floatings.Find($"{first}")!.InstanceId));
        Assert.Single(ledger.Floatings.All, floating => !floating.IsFree);
    }

    [Fact]
    public void without_a_name_each_fixed_ip_has_one_of_its_own()
    {
        var ports = ledger.State(spawn).Ports;

        var first = Associated(Associate(null, ports[0].Address.ToString()));
        var second = Associated(Associate(null, ports[1].Address.ToString()));

        Assert.NotEqual(first, second);
        Assert.Equal([ports[0].Address, ports[1].Address], ledger.State(spawn).Floatings.Select(floating => floating.FixedIp));
    }

    [Fact]
    public void it_is_free_for_others_only_when_the_host_has_let_go_of_it()
    {
        var floating = Allocated();
        Associated(Associate(floating));
        ledger.Configured(spawn, 2);

        Disassociate(floating, "message-7");
        var state = ledger.State(spawn);
        Assert.Empty(state.Floatings);
        Assert.Equal([floating], ServedFloating.LeavingOf(state).Select(leaving => leaving.Address.ToString()));
        Assert.Equal("floating-ip-associated", Refused(Associate(floating, of: other)));

        ledger.Configured(spawn, 3);
        Assert.Equal((InstanceStatus.Configured, 0, 0), (ledger.State(spawn).Status, ledger.State(spawn).Floatings.Count, ledger.State(spawn).LeavingFloatings.Count));
        Assert.Equal(("project", null, "message-7"), (ledger.Floatings.Find(floating)!.ProjectId, ledger.Floatings.Find(floating)!.InstanceId, ledger.Floatings.Find(floating)!.Left!.Request));
        Associated(Associate(floating, of: other));
    }

    [Fact]
    public void disassociating_again_changes_nothing_until_the_host_has_let_go()
    {
        var floating = Allocated();
        Associated(Associate(floating));
        Disassociate(floating);
        var before = ledger.State(spawn);

        Assert.IsType<InstanceDecision.Decided>(Disassociate(floating));
        Assert.Equal(before, ledger.State(spawn));
        ledger.Configured(spawn, 3);
        Assert.Equal("floating-ip-not-associated", Refused(Disassociate(floating)));
    }

    [Theory, InlineData("203.0.113.99", "floating-ip-not-found"), InlineData("nonsense", "floating-ip-not-found"), InlineData("203.0.113.9", "forbidden")]
    public void what_is_not_the_projects_is_refused(string floating, string code) => Assert.Equal(code, Refused(Associate(floating)));

    [Fact]
    public void another_project_has_neither_the_address_nor_the_instance()
    {
        var floating = Allocated();

        Assert.Equal("forbidden", Refused(Associate(floating, project: "other")));
        Assert.Equal("forbidden", Refused(Associate(null, project: "other")));
        Assert.Equal("forbidden", Refused(Associate(Allocated("other"))));
    }

    [Fact]
    public void an_address_that_the_instance_does_not_have_is_refused()
    {
        Assert.Equal("fixed-ip-invalid", Refused(Associate(null, "nonsense")));
        Assert.Equal("fixed-ip-not-found-for-specific-instance", Refused(Associate(null, "10.0.0.200")));
    }

    [Fact]
    public void an_instance_that_is_not_there_gets_none()
    {
        Assert.Equal("instance-not-found", Refused(ledger.Do(Given.Id(9), "host-a", situation => FloatingChanges.Associate(Command(null) with { InstanceId = Given.Id(9) }, situation))));

        ledger.Delete(spawn);
        Assert.Equal("instance-deleted", Refused(Associate(null)));
    }

    [Fact]
    public void a_pool_that_is_empty_and_one_that_is_not_there_are_told_apart()
    {
        ledger.Floatings.Create("198.51.100.7", "small");
        Associated(Associate(null, pool: "small"));

        Assert.Equal("no-more-floating-ips", Refused(Associate(null, pool: "small", of: other)));
        Assert.Equal("floating-ip-pool-not-found", Refused(Associate(null, pool: "none")));
    }

    [Theory, InlineData(1, null), InlineData(10, 1)]
    public void a_project_has_no_more_than_its_quota_or_else_the_options(int option, int? quota)
    {
        if (quota is { } own)
            ledger.Floatings.Quotas["project"] = own;
        Associated(Associate(null, defaultQuota: option));

        Assert.Equal("floating-ip-limit-exceeded", Refused(Associate(null, of: other, defaultQuota: option)));
        Assert.Equal("floating-ip-limit-exceeded", Refused(Allocate("project", option)));
        Assert.IsType<InstanceDecision.Decided>(Allocate("else", option));
    }

    [Fact]
    public void what_the_host_cannot_have_is_taken_back_and_what_was_allocated_for_it_returns_to_the_pool()
    {
        var mine = Allocated();
        Associated(Associate(mine));
        Withdraw(2);
        ledger.Configured(spawn, 3);
        Assert.Equal(("project", null), (ledger.Floatings.Find(mine)!.ProjectId, ledger.Floatings.Find(mine)!.InstanceId));

        var found = Associated(Associate(null));
        Withdraw(4);
        Assert.True(ledger.State(spawn).LeavingFloatings.Single().NeverLed);
        ledger.Configured(spawn, 5);
        Assert.True(ledger.Floatings.Find($"{found}")!.IsFree);
    }

    [Fact]
    public void what_the_host_has_is_not_taken_back()
    {
        Associated(Associate(null));
        ledger.Configured(spawn, 2);

        Assert.Equal(InstanceDecision.Unchanged, Withdraw(2));
    }

    [Fact]
    public void deleting_the_instance_leaves_the_address_with_its_project()
    {
        var floating = Allocated();
        Associated(Associate(floating));
        ledger.Delete(spawn);
        Assert.Equal(spawn.InstanceId, ledger.Floatings.Find(floating)!.InstanceId);

        ledger.Released(spawn);
        Assert.Equal(("project", null), (ledger.Floatings.Find(floating)!.ProjectId, ledger.Floatings.Find(floating)!.InstanceId));
        Assert.Equal([Given.Ip(floating)], ledger.State(spawn).Floatings.Select(held => held.Address));
    }

    [Fact]
    public void a_host_that_is_forgotten_leaves_the_address_with_its_project()
    {
        var floating = Allocated();
        Associated(Associate(floating));
        ledger.Do(Given.Id(998), "host-a", situation => FixedIps.Reaping.Forget(situation, Given.Noon));

        ledger.Do(spawn.InstanceId, "host-a", situation => InstanceDecisions.Forgotten(spawn.InstanceId, situation, Given.Noon));

        Assert.Equal(("project", null), (ledger.Floatings.Find(floating)!.ProjectId, ledger.Floatings.Find(floating)!.InstanceId));
    }

    [Fact]
    public void taking_its_fixed_ip_away_disassociates_it()
    {
        var floating = Allocated();
        var address = ledger.State(spawn).Ports[1].Address.ToString();
        Associated(Associate(floating, address));

        ledger.Do(spawn.InstanceId, "host-a", situation => FixedIpChanges.Remove(new RemoveFixedIp(spawn.InstanceId, "host-a", address, null, Given.Noon), situation));
        Assert.Empty(ledger.State(spawn).Floatings);
        ledger.Configured(spawn, 3);
        Assert.Null(ledger.Floatings.Find(floating)!.InstanceId);
    }

    [Fact]
    public void one_that_comes_with_the_instance_counts_against_no_quota_and_goes_back_with_it()
    {
        ledger.Floatings.Quotas["project"] = 0;
        var born = Given.Spawn(3) with { FloatingPool = "nova" };
        ledger.Spawn(born);
        var floating = ledger.State(born).Floatings.Single();

        Assert.Equal((true, ledger.State(born).Ports[0].Address, 1L), (floating.AutoAssigned, floating.FixedIp, ledger.State(born).Generation));
        Assert.Equal((true, "project", born.InstanceId), (ledger.Floatings.Find($"{floating.Address}")!.AutoAssigned, ledger.Floatings.Find($"{floating.Address}")!.ProjectId, ledger.Floatings.Find($"{floating.Address}")!.InstanceId));
        Assert.Equal(InstanceDecision.Unchanged, ledger.Spawn(born));

        ledger.Delete(born);
        ledger.Released(born);
        Assert.True(ledger.Floatings.Find($"{floating.Address}")!.IsFree);
    }

    [Fact]
    public void an_instance_that_cannot_have_the_one_it_comes_with_has_nothing()
    {
        var born = Given.Spawn(3) with { FloatingPool = "none" };

        Assert.Equal("floating-ip-pool-not-found", Refused(ledger.Spawn(born)));
        Assert.Equal((InstanceStatus.Failed, 0), (ledger.State(born).Status, ledger.State(born).Ports.Count));
    }

    [Fact]
    public void one_that_came_with_an_instance_whose_host_failed_goes_back()
    {
        var born = Given.Spawn(3) with { FloatingPool = "nova" };
        ledger.Spawn(born);
        ledger.Do(born.InstanceId, born.Host, situation => InstanceDecisions.Withdrawn(born, 1, new Refusal("host-configuration-failed", "No."), situation));
        Assert.DoesNotContain(ledger.Floatings.All, floating => floating is { IsFree: true, IsAssociated: true });

        ledger.Configured(born, 1);
        Assert.All(ledger.Floatings.All, floating => Assert.True(floating.IsFree));
    }

    private string Allocated(string project = "project") => Assert.IsType<InstanceDecision.Decided>(Allocate(project, 10)).Floating.ToString()!;

    private InstanceDecision Allocate(string project, int defaultQuota) =>
        ledger.Do(Given.Id(999), "scheduler", situation => FloatingAllocation.Allocate(new AllocateFloating(project, "nova", defaultQuota, Given.Noon), situation));

    private AssociateFloating Command(string? floating, string? fixedIp = null, string project = "project", string pool = "nova", int defaultQuota = 10) =>
        new(spawn.InstanceId, project, floating, pool, fixedIp, defaultQuota, Given.Noon);

    private InstanceDecision Associate(string? floating, string? fixedIp = null, string project = "project", string pool = "nova", Spawn? of = null, int defaultQuota = 10)
    {
        var target = of ?? spawn;
        var command = Command(floating, fixedIp, project, pool, defaultQuota) with { InstanceId = target.InstanceId };
        return ledger.Do(target.InstanceId, target.Host, situation => FloatingChanges.Associate(command, situation));
    }

    private InstanceDecision Disassociate(string floating, string? request = null) => ledger.Do(
        spawn.InstanceId, "host-a", situation => FloatingChanges.Disassociate(new DisassociateFloating(spawn.InstanceId, Given.Ip(floating), request, Given.Noon), situation));

    private InstanceDecision Withdraw(long generation) => ledger.Do(spawn.InstanceId, "host-a", situation => FloatingChanges.Withdrawn(generation, situation, Given.Noon));

    private static Addressing.Ipv4 Associated(InstanceDecision decision) => Assert.IsType<InstanceDecision.Decided>(decision).Floating!.Value;

    private static string Refused(InstanceDecision decision) => Assert.IsType<InstanceDecision.Refused>(decision).Refusal.Code;
}

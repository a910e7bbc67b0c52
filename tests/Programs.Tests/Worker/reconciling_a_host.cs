using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.NetworkWorker.Host;
using Xunit;

namespace NovaNetBus.Programs.Tests.Worker;

public sealed class reconciling_a_host
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task starts_with_a_full_reconcile_before_any_change()
    {
        var host = new DryRunHost();
        using var reconciler = Of(host, () => Worlds.View(Worlds.Port(1)));
        await reconciler.StartAsync(Cancellation);
        await reconciler.ApplyAsync(HostChange.Coming(Worlds.View(Worlds.Port(2)), Worlds.Cause), Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.Equal(HostPlanner.Plan(Worlds.View(Worlds.Port(1), Worlds.Port(2))), host.Read(HostState.Empty));
        Assert.Null(reconciler.NotReady);
        await reconciler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task leaves_the_host_as_it_is_when_it_stops()
    {
        var host = new DryRunHost();
        using var reconciler = Of(host, () => Worlds.View());
        await reconciler.StartAsync(Cancellation);
        await reconciler.ApplyAsync(HostChange.Coming(Worlds.View(Worlds.Port(1)), Worlds.Cause), Cancellation);
        var before = host.Read(HostState.Empty);
        await reconciler.StopAsync(Cancellation);
        Assert.Equal(before, host.Read(HostState.Empty));
    }

    [Fact]
    public async Task takes_away_what_the_ledger_does_not_know()
    {
        var host = new DryRunHost();
        host.Apply([.. HostPlanner.Plan(Worlds.View(Worlds.Port(9))).Resources.Select(resource => new HostAction.Add(resource))]);
        using var reconciler = Of(host, () => Worlds.View(Worlds.Port(1)));
        await reconciler.StartAsync(Cancellation);
        await reconciler.ApplyAsync(HostChange.Coming(Worlds.View(), Worlds.Cause), Cancellation);
        Assert.Equal(HostPlanner.Plan(Worlds.View(Worlds.Port(1))), host.Read(HostState.Empty));
        await reconciler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task changes_nothing_while_the_view_cannot_be_read()
    {
        var host = Substitute.For<IHost>();
        var (reads, readAgain) = (0, new TaskCompletionSource());
        using var reconciler = new Reconciler(
            "host-a",
            host,
            _ =>
            {
                if (++reads > 1)
                {
                    readAgain.TrySetResult();
                }

                return Task.FromException<HostView>(new TimeoutException("no database"));
            },
            (_, _) => Task.CompletedTask,
            TimeProvider.System,
            NullLogger<Reconciler>.Instance);
        _ = reconciler.ApplyAsync(HostChange.Coming(Worlds.View(Worlds.Port(1)), Worlds.Cause), Cancellation);
        await reconciler.StartAsync(Cancellation);
        await readAgain.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        await reconciler.StopAsync(Cancellation);
        host.DidNotReceiveWithAnyArgs().Apply(default!);
        Assert.Equal("no database", reconciler.NotReady);
    }

    [Fact]
    public async Task one_change_that_cannot_be_made_does_not_fail_the_others()
    {
        var host = Substitute.For<IHost>();
        host.Read(default!).ReturnsForAnyArgs(HostState.Empty);
        host.WhenForAnyArgs(it => it.Apply(default!)).Do(call =>
        {
            var bad = call.Arg<IReadOnlyList<HostAction>>().FirstOrDefault(action => action.Resource.Key.Contains("tap2", StringComparison.Ordinal));
            if (bad is not null)
            {
                throw new HostApplyException([new HostFailure(bad, ErrorCodes.HostConfigurationFailed, "the kernel said no")]);
            }
        });
        using var reconciler = Of(host, () => Worlds.View());
        var changes = Enumerable.Range(1, 3).Select(number => reconciler.ApplyAsync(HostChange.Coming(Worlds.View(Worlds.Port((byte)number)), Worlds.Cause), Cancellation)).ToList();
        await reconciler.StartAsync(Cancellation);
        await changes[0].WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        await changes[2].WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        var refused = await Assert.ThrowsAsync<HostApplyException>(() => changes[1]);
        Assert.Contains("tap2", refused.Message, StringComparison.Ordinal);
        await reconciler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task what_cannot_be_done_is_told_with_the_networks_that_lack_it()
    {
        var (host, isThere) = (Substitute.For<IHost>(), HostState.Empty);
        host.Read(default!).ReturnsForAnyArgs(_ => isThere);
        host.WhenForAnyArgs(it => it.Apply(default!)).Do(call =>
        {
            var steps = call.Arg<IReadOnlyList<HostAction>>();
            var failed = steps.Where(step => step.Resource is Uplink).ToList();
            isThere = isThere.After(steps.Except(failed));
            throw new HostApplyException([.. failed.Select(step => new HostFailure(step, ErrorCodes.HostConfigurationFailed, "the kernel said no"))]);
        });
        var other = new ServedNetwork(Worlds.Net with { Id = Guid.NewGuid(), Bridge = "br101" }, Ipv4.Parse("10.0.0.2"));
        using var reconciler = Of(host, () => Worlds.View() with { Networks = [.. Worlds.View().Networks, other] });
        await reconciler.StartAsync(Cancellation);

        var reconciled = await reconciler.ReconcileAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        Assert.Equal("uplink eth1", Assert.Single(reconciled.Left).Resource.Key);
        Assert.Equal([Worlds.Net.Id], reconciled.Unsettled);
        Assert.False(reconciled.Left[0].KeepsSilence);
        Assert.Contains("the kernel said no", reconciler.NotReady, StringComparison.Ordinal);
        await reconciler.StopAsync(Cancellation);
    }

    [Theory, InlineData("rules"), InlineData("element"), InlineData("address"), InlineData("server")]
    public void what_might_answer_for_what_was_lost_keeps_a_host_from_its_lease(string what)
    {
        HostResource resource = what switch
        {
            "rules" => new FirewallRules(1),
            "element" => new FirewallElement(FirewallSet.SilentAddresses, ["10.0.0.1"]),
            "address" => new BridgeAddress("br100", Ipv4.Parse("10.0.0.1"), 24),
            _ => HostPlanner.Plan(Worlds.View()).Resources.OfType<DhcpServer>().Single(),
        };

        Assert.True(new HostAction.Remove(resource).KeepsSilence);
        Assert.Equal(what is "rules" or "element", new HostAction.Add(resource).KeepsSilence);
    }

    [Fact]
    public async Task a_fault_of_the_host_itself_is_told_to_each_that_waits()
    {
        var host = Substitute.For<IHost>();
        host.Read(default!).ReturnsForAnyArgs(HostState.Empty);
        host.WhenForAnyArgs(it => it.Apply(default!)).Do(call =>
        {
            if (call.Arg<IReadOnlyList<HostAction>>().Any(action => action.Resource.Key.Contains("tap", StringComparison.Ordinal)))
            {
                throw new InvalidOperationException("the host cannot be read");
            }
        });
        using var reconciler = Of(host, () => Worlds.View());
        var changes = Enumerable.Range(1, 3).Select(number => reconciler.ApplyAsync(HostChange.Coming(Worlds.View(Worlds.Port((byte)number)), Worlds.Cause), Cancellation)).ToList();
        await reconciler.StartAsync(Cancellation);
        foreach (var change in changes)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => change.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        }

        await reconciler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task tells_what_it_did_for_a_change_and_records_what_it_put_in_order()
    {
        var host = Substitute.For<IHost>();
        host.Read(default!).ReturnsForAnyArgs(HostState.Empty);
        var recorded = new List<HostReconciled>();
        using var reconciler = Of(host, () => Worlds.View(), (fact, _) =>
        {
            recorded.Add(fact);
            return Task.CompletedTask;
        });
        await reconciler.StartAsync(Cancellation);
        var actions = await reconciler.ApplyAsync(HostChange.Coming(Worlds.View(Worlds.Port(1)), Worlds.Cause), Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        var again = await reconciler.ApplyAsync(HostChange.Coming(Worlds.View(Worlds.Port(1)), Worlds.Cause), Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        await reconciler.StopAsync(Cancellation);

        Assert.Contains(actions, action => action.StartsWith("Add ", StringComparison.Ordinal));
        Assert.Empty(again);
        var start = Assert.Single(recorded);
        Assert.Equal(("host-a", "start", start.Actions.Count), (start.Host, start.Occasion, start.Count));
        Assert.NotEmpty(start.Actions);
    }

    private static Reconciler Of(IHost host, Func<HostView> view, ReconcileRecorder? record = null) =>
        new("host-a", host, _ => Task.FromResult(view()), record ?? ((_, _) => Task.CompletedTask), TimeProvider.System, NullLogger<Reconciler>.Instance);
}

using NovaNetBus.Ledger;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>The loop alone; what it commits is a list.</summary>
public sealed class group_commit
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task gathers_what_comes_while_a_commit_runs_and_keeps_its_order()
    {
        var batches = new List<IReadOnlyList<int>>();
        var first = new TaskCompletionSource();
        await using var group = new GroupCommit<int, int>(async (works, _) =>
        {
            batches.Add(works);
            await (batches.Count == 1 ? first.Task : Task.CompletedTask);
            return [.. works.Select(work => work * 2)];
        });
        var submitted = new List<Task<int>> { group.SubmitAsync(0, Stop) };
        Assert.True(SpinWait.SpinUntil(() => batches.Count == 1, TimeSpan.FromSeconds(10)));
        submitted.AddRange(Enumerable.Range(1, 50).Select(work => group.SubmitAsync(work, Stop)));
        first.SetResult();
        Assert.Equal(Enumerable.Range(0, 51).Select(work => work * 2), await Task.WhenAll(submitted));
        Assert.Equal([1, 50], batches.Select(batch => batch.Count));
        Assert.Equal(Enumerable.Range(1, 50), batches[1]);
    }

    [Fact]
    public async Task lets_a_bad_work_fail_alone()
    {
        var hold = new TaskCompletionSource();
        await using var group = new GroupCommit<int, int>(async (works, _) =>
        {
            await hold.Task;
            return works.Contains(3) ? throw new InvalidOperationException("three") : [.. works];
        });
        var submitted = Enumerable.Range(0, 6).Select(work => group.SubmitAsync(work, Stop)).ToList();
        hold.SetResult();
        Assert.Equal("three", (await Assert.ThrowsAsync<InvalidOperationException>(() => submitted[3])).Message);
        foreach (var work in new[] { 0, 1, 2, 4, 5 })
        {
            Assert.Equal(work, await submitted[work]);
        }
    }

    [Fact]
    public async Task tells_all_of_an_outage_at_once_and_goes_on_after_it()
    {
        var (down, calls) = (true, 0);
        await using var group = new GroupCommit<int, int>((works, _) =>
        {
            calls++;
            return down ? throw new NpgsqlException("no database") : Task.FromResult<IReadOnlyList<int>>([.. works]);
        });
        await Assert.ThrowsAsync<NpgsqlException>(() => group.SubmitAsync(1, Stop));
        Assert.Equal(1, calls);
        down = false;
        Assert.Equal(2, await group.SubmitAsync(2, Stop));
    }
}

using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Ledger;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class the_leadership(TestLedger ledger) : IClassFixture<TestLedger>
{
    private static readonly string Holders =
        $"from pg_locks where locktype = 'advisory' and granted and objid = {LedgerLocks.Leader & uint.MaxValue} and database = (select oid from pg_database where datname = current_database())";

    [Fact]
    public async Task is_one_programs_and_goes_to_the_other_when_the_database_loses_sight_of_the_first()
    {
        using var end = new CancellationTokenSource();
        var (one, other) = (new Candidate(ledger, end.Token), new Candidate(ledger, end.Token));
        await Eventually.HoldsAsync("one leads", () => one.Leads || other.Leads);
        var (first, second) = one.Leads ? (one, other) : (other, one);
        Assert.Equal((1, 0), (first.Terms, second.Terms));

        Assert.Equal(1, await ScalarAsync($"select count(pg_terminate_backend(pid)) {Holders}"));

        await Eventually.HoldsAsync("the other leads", () => second.Leads);
        await Eventually.HoldsAsync("the first has stopped", () => !first.Leads);
        Assert.Equal((1, 1), (first.Terms, second.Terms));

        await end.CancelAsync();
        await Task.WhenAll(first.Ended, second.Ended);
        Assert.False(first.Leads || second.Leads);
        await Eventually.HoldsAsync("the lock is free", async () => await ScalarAsync($"select count(*) {Holders}") == 0);
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ledger.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>A program that counts how often it came to lead.</summary>
    private sealed class Candidate
    {
        public Candidate(TestLedger ledger, CancellationToken end)
        {
            var leadership = ledger.StartProgram().GetRequiredService<Leadership>();
            Ended = leadership.RunAsync(LeadAsync, end).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        public int Terms { get; private set; }

        public bool Leads { get; private set; }

        public Task Ended { get; }

        private async Task LeadAsync(CancellationToken leading)
        {
            (Terms, Leads) = (Terms + 1, true);
            await Task.Delay(Timeout.Infinite, leading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Leads = false;
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Ledger;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class the_schema
{
    [Fact]
    public async Task is_made_once_by_programs_that_start_at_once()
    {
        await using var ledger = await TestLedger.EmptyAsync();
        var programs = Enumerable.Range(0, 4).Select(_ => ledger.StartProgram()).ToList();
        await Task.WhenAll(programs.Select(
            program => Task.Run(() => program.GetRequiredService<LedgerSchema>().ApplyAsync(TestContext.Current.CancellationToken))));
        await ledger.CreateNetworkAsync("10.0.0.0/24");
        Assert.Null((await ledger.SpawnAsync(Guid.NewGuid(), by: programs[3].GetRequiredService<InstanceLedger>())).Refusal);

        // Nothing left to change: a program that starts later alters nothing under those that run.
        await ledger.Store.Storage.Database.AssertDatabaseMatchesConfigurationAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task that_stands_is_not_waited_for_when_another_program_stopped_in_the_middle_of_a_commit()
    {
        await using var ledger = new TestLedger();
        await ledger.InitializeAsync();
        await ledger.CreateNetworkAsync("10.0.0.0/24");
        await using var stopped = await ledger.Program.GetRequiredService<LedgerSessions>().WriteAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(stopped.Connection, "lock table novanet.mt_events, novanet.mt_streams in row exclusive mode");

        var started = ledger.StartProgram().GetRequiredService<LedgerSchema>().ApplyAsync(TestContext.Current.CancellationToken);

        await started.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task has_the_server_end_what_a_program_that_is_gone_has_left_open()
    {
        await using var ledger = new TestLedger();
        await ledger.InitializeAsync();
        await using var session = await ledger.Program.GetRequiredService<LedgerSessions>().WriteAsync(TestContext.Current.CancellationToken);

        Assert.Equal("15s", await AskAsync(session.Connection, "show idle_in_transaction_session_timeout"));
        Assert.Equal("10", await AskAsync(session.Connection, "show tcp_keepalives_idle"));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}

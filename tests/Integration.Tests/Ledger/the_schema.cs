using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Ledger;
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
}

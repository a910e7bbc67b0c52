using NovaNetBus.Ledger;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class an_outage
{
    [Fact]
    public async Task fails_the_work_and_is_over_when_the_database_is_back()
    {
        await using var ledger = new TestLedger();
        await ledger.InitializeAsync();
        await ledger.CreateNetworkAsync("10.0.0.0/24");
        var instance = Guid.NewGuid();
        await ledger.DisconnectAsync();

        Assert.True(StoreFaults.IsOutage(Assert.IsAssignableFrom<Exception>(await Record.ExceptionAsync(() => ledger.SpawnAsync(instance)))));

        // Each connection that the pool still believes in costs one try; there cannot be more than were ever open.
        const int mostConnections = 10;
        InstanceOutcome? outcome = null;
        for (var attempt = 0; outcome is null && attempt < mostConnections; attempt++)
        {
            await Record.ExceptionAsync(async () => outcome = await ledger.SpawnAsync(instance));
        }

        Assert.Null(outcome!.Refusal);
        Assert.Equal(1, (await ledger.Queries.NetworksAsync(TestContext.Current.CancellationToken))[0].Addresses.Allocated);
    }
}

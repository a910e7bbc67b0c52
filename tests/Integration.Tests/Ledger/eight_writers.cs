using System.Diagnostics;
using Marten;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Integration.Tests.Programs;
using NovaNetBus.Ledger;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>
/// Eight processes write to one network as eight hosts' workers do: duplicates, addresses that come and go, leases, deletions in any order. Some are killed without a word.
/// What the model test holds of a pool in memory, holds of the store.
/// </summary>
[Collection(nameof(RunningPrograms))]
public sealed class eight_writers
{
    private const int Writers = 8, Killed = 3, Steps = 400;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task of_which_some_are_killed_give_no_address_to_two_owners_and_lose_none()
    {
        await using var ledger = new TestLedger();
        await ledger.InitializeAsync();
        var network = await ledger.CreateNetworkAsync("10.0.0.0/23", "crowded", shareAddress: false);
        var writers = Enumerable.Range(1, Writers).Select(number => Start(ledger, $"writer-{number}")).ToList();
        try
        {
            await Task.WhenAll(writers.Select(writer => writer.StandardOutput.ReadLineAsync(Stop).AsTask()));
            foreach (var writer in writers)
            {
                await writer.StandardInput.WriteLineAsync($"churn {Steps}");
                await writer.StandardInput.FlushAsync(Stop);
            }

            await Eventually.HoldsAsync("there is something to lose", async () => await CountAsync(ledger, "select count(*) from novanet.mt_events") > 500);
            writers.Take(Killed).ToList().ForEach(writer => writer.Kill());
            var reports = await Task.WhenAll(writers.Skip(Killed).Select(writer => writer.StandardOutput.ReadLineAsync(Stop).AsTask().WaitAsync(TimeSpan.FromMinutes(2), Stop)));
            Assert.All(reports, report => Assert.Contains($"\"Done\":{Steps}", report, StringComparison.Ordinal));
        }
        finally
        {
            foreach (var writer in writers)
            {
                writer.Kill();
                await writer.WaitForExitAsync(Stop);
                writer.Dispose();
            }
        }

        await HoldsAsync(ledger, network);
    }

    private static async Task HoldsAsync(TestLedger ledger, Network network)
    {
        await using var session = ledger.Store.QuerySession();
        var instances = (await session.Query<InstanceDocument>().ToListAsync(Stop)).Select(document => document.State).ToList();
        var used = (await session.Query<BlockDocument>().ToListAsync(Stop)).SelectMany(document => document.State.Used.Values).ToList();
        var hosts = (await session.Query<HostDocument>().ToListAsync(Stop)).Select(document => document.State).ToList();
        var allocated = used.Where(address => address.Status == FixedIpStatus.Allocated).ToList();

        // Each address that an instance has is recorded as its, and none is recorded that nobody has.
        Assert.Equal(
            instances.Where(instance => instance.IsOnHost).SelectMany(instance => instance.Ports.Select(port => $"{port.Address} {instance.InstanceId} {port.VifId} {port.Mac} {instance.Host}")).Order(StringComparer.Ordinal),
            allocated.Select(address => $"{address.Address} {address.InstanceId} {address.VifId} {address.Mac} {address.Host}").Order(StringComparer.Ordinal));
        Assert.Equal(
            hosts.SelectMany(host => host.Addresses.Values.Select(address => $"{address} {host.Name}")).Order(StringComparer.Ordinal),
            used.Where(address => address.Status == FixedIpStatus.TakenByHost).Select(address => $"{address.Address} {address.Host}").Order(StringComparer.Ordinal));
        Assert.Equal(used.Count, used.Select(address => address.Address).Distinct().Count());
        Assert.Equal(await CountAsync(ledger, "select count(*) from novanet.segment_mac"), instances.SelectMany(instance => instance.Nics).Distinct().Count());

        // Whoever waits for something is somebody's who is going, and the sum is always the size.
        Assert.All(used.Where(address => address.Status == FixedIpStatus.Deallocated), address => Assert.Contains(
            instances, instance => instance.InstanceId == address.InstanceId && (instance.Status == InstanceStatus.Releasing || instance.Leaving.Any(port => port.Address == address.Address))));
        var summary = (await ledger.Queries.NetworkAsync("crowded", Stop))!.Addresses;
        Assert.Equal(network.Cidr.Size, summary.Free + summary.Reserved + summary.Allocated);
        Assert.Equal(used.Count(address => address.Status is FixedIpStatus.Allocated or FixedIpStatus.Deallocated or FixedIpStatus.LetGo), summary.Allocated);
        Assert.True(allocated.Count > 20, $"only {allocated.Count} addresses are in use: the writers have hardly met");
    }

    private static Process Start(TestLedger ledger, string host)
    {
        var start = new ProcessStartInfo(RunningPrograms.Published("novanet-simulator"), ["writer", "--host", host, "--network", "crowded"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["ConnectionStrings__Postgres"] = ledger.ConnectionString;
        return Process.Start(start)!;
    }

    private static async Task<long> CountAsync(TestLedger ledger, string sql)
    {
        await using var connection = new NpgsqlConnection(ledger.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }
}

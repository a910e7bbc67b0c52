using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class floating_ranges_in_the_ledger(TestLedger ledger) : IClassFixture<TestLedger>
{
    private static readonly Origin Origin = TestLedger.OriginOf("scheduler");
    private static int used;

    /// <summary>Each test has a /24 and pools of its own.</summary>
    private readonly string net = $"198.18.{Interlocked.Increment(ref used)}", pool = $"pool-{used}";

    private FloatingLedger Floatings => ledger.Program.GetRequiredService<FloatingLedger>();

    private FloatingQueries Queries => ledger.Program.GetRequiredService<FloatingQueries>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_range_comes_into_its_pool_and_leaves_it()
    {
        Assert.Equal(new FloatingPoolChange(pool, "eth1", 254), await CreatedAsync($"{net}.0/24", pool, "eth1"));
        Assert.Contains(new FloatingPool(pool, 254, 0, 0, 254), await Queries.PoolsAsync(Token));
        Assert.Equal("eth1", (await Queries.FindAsync(Ipv4.Parse($"{net}.200"), Token))!.Floating.Interface);

        Assert.Equal(new FloatingPoolChange(pool, null, 254), Assert.Single(Accepted(await Floatings.DeleteAsync($"{net}.0/24", TestLedger.Now, Origin, Token))));
        Assert.DoesNotContain(await Queries.PoolsAsync(Token), found => found.Name == pool);
        Assert.Null(await Queries.FindAsync(Ipv4.Parse($"{net}.200"), Token));
    }

    [Fact]
    public async Task addresses_are_listed_in_order_and_one_that_is_in_a_pool_comes_into_no_other()
    {
        await CreatedAsync($"{net}.9", pool);
        await CreatedAsync($"{net}.64/30", pool);

        Assert.Equal([$"{net}.9", $"{net}.65", $"{net}.66"], (await Queries.ListAsync(null, pool, null, Token)).Select(entry => entry.Floating.Address.ToString()));
        Assert.Empty(await Queries.ListAsync("host-a", pool, null, Token));
        Assert.Empty(await Queries.ListAsync(null, pool, "red", Token));
        Assert.Equal("floating-ip-exists", Refused(await Floatings.CreateAsync(Command($"{net}.0/24", "other"), Origin, Token)));
    }

    [Fact]
    public async Task of_two_who_bring_one_range_at_once_one_is_refused()
    {
        var second = ledger.StartProgram().GetRequiredService<FloatingLedger>();

        var outcomes = await Task.WhenAll(
            Floatings.CreateAsync(Command($"{net}.0/26", pool), Origin, Token), second.CreateAsync(Command($"{net}.0/25", pool + "-b"), Origin, Token));

        Assert.Equal("floating-ip-exists", Refused(Assert.Single(outcomes, outcome => outcome is Decision<FloatingPoolChange>.Refused)));
    }

    [Fact]
    public async Task an_address_is_fixed_or_floating()
    {
        var network = await ledger.CreateNetworkAsync("10.77.0.0/24");

        Assert.Equal("cidr-conflict", Refused(await Floatings.CreateAsync(Command(network.Cidr.ToString(), pool), Origin, Token)));

        await CreatedAsync("10.78.0.200", pool);
        var refused = await ledger.Networks.CreateAsync(TestLedger.CreationOf("10.78.0.0/24"), Origin, Token);
        Assert.Equal("cidr-conflict", Assert.IsType<Decision<Network>.Refused>(refused).Refusal.Code);
        await ledger.CreateNetworkAsync("10.78.1.0/24", "beside");
    }

    [Fact]
    public async Task what_is_brought_at_the_first_start_comes_once_even_when_it_has_left_since()
    {
        Assert.Single(Accepted(await Floatings.CreateOnceAsync(Command($"{net}.0/28", pool), Origin, Token)));
        Assert.Empty(Accepted(await Floatings.CreateOnceAsync(Command($"{net}.0/28", pool), Origin, Token)));

        await Floatings.DeleteAsync($"{net}.0/28", TestLedger.Now, Origin, Token);
        Assert.Empty(Accepted(await Floatings.CreateOnceAsync(Command($"{net}.0/28", pool), Origin, Token)));
        Assert.DoesNotContain(await Queries.PoolsAsync(Token), found => found.Name == pool);
        await CreatedAsync($"{net}.0/28", pool);
    }

    private async Task<FloatingPoolChange> CreatedAsync(string range, string name, string? nic = null) =>
        Assert.Single(Accepted(await Floatings.CreateAsync(Command(range, name, nic), Origin, Token)));

    private static CreateFloatingRange Command(string range, string name, string? nic = null) => new(range, name, nic, TestLedger.Now);

    private static ValueList<T> Accepted<T>(Decision<T> decision) => Assert.IsType<Decision<T>.Accepted>(decision).Events;

    private static string Refused<T>(Decision<T> decision) => Assert.IsType<Decision<T>.Refused>(decision).Refusal.Code;
}

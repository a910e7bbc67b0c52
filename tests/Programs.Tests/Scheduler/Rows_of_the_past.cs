using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using NovaNetBus.Scheduler.Admin;
using Xunit;

namespace NovaNetBus.Programs.Tests.Scheduler;

public sealed class Rows_of_the_past
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly Ipv4 Address = Ipv4.Parse("203.0.113.7"), Fixed = Ipv4.Parse("10.0.0.9");
    private readonly Guid id = Guid.NewGuid();

    [Fact]
    public void A_floating_address_is_told_with_its_pool_and_where_it_led()
    {
        var floating = new FloatingIp(Address, null, "demo", false, Fixed, id, Noon);
        var span = new AddressSpan(Address, null, "associated", null, Noon, null) { IsFloating = true, Floating = new FloatingEntry("nova", floating, "host-a") };

        Assert.Equal(new AddressHolderRow("203.0.113.7", "floating", "associated", null, "nova", "10.0.0.9", "demo", id, null, null, "host-a", Noon, null), EventRows.Of(span));
    }

    [Fact]
    public void One_that_has_left_its_pool_is_told_as_removed() => Assert.Equal(
        new AddressHolderRow("203.0.113.7", "floating", "removed", null, null, null, null, null, null, null, null, Noon, null),
        EventRows.Of(new AddressSpan(Address, null, "removed", null, Noon, null) { IsFloating = true }));

    [Fact]
    public void Spans_that_tell_the_same_are_one_row()
    {
        var spans = new[] { Noon, Noon.AddHours(1), Noon.AddHours(2) }.Select(
            (from, place) => new AddressSpan(Fixed, id, place < 2 ? "leased" : "free", place < 2 ? FixedIp.Free(Fixed, Noon) with { Host = "host-a" } : null, from, place < 2 ? from.AddHours(1) : null));

        var rows = EventRows.Joined(spans.Select(EventRows.Of));

        Assert.Equal([("leased", Noon, Noon.AddHours(2)), ("free", Noon.AddHours(2), null)], rows.Select(row => (row.State, row.From!.Value, row.Until)));
    }
}

using NovaNetBus.Domain.Hosts;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class watching_for_silence
{
    [Fact]
    public void silence_counts_from_the_look_that_first_saw_the_last_sign()
    {
        var watch = Looks((1, 0), (1, 4), (2, 8), (2, 12), (2, 15));
        Assert.Equal(TimeSpan.FromSeconds(7), watch.SilenceOf("host-a"));
    }

    [Fact]
    public void a_host_seen_for_the_first_time_is_not_silent_however_old_its_sign() => Assert.Equal(TimeSpan.Zero, Looks((1, 1000)).SilenceOf("host-a"));

    [Fact]
    public void what_the_observer_could_not_see_is_no_silence() => Assert.Equal(TimeSpan.FromSeconds(3), Looks((1, 0), (1, 4), (1, 60), (1, 63)).SilenceOf("host-a"));

    [Fact]
    public void a_sign_that_goes_back_in_time_is_a_sign() => Assert.Equal(TimeSpan.Zero, Looks((5, 0), (5, 4), (1, 8)).SilenceOf("host-a"));

    [Fact]
    public void a_lease_and_its_renewals_end_before_a_takeover_with_room_to_spare()
    {
        Assert.True(HostLease.Length + TimeSpan.FromSeconds(5) <= HostLease.Takeover);
        Assert.True(HostLease.Renewal * 5 <= HostLease.Length);
        Assert.True(SilenceWatch.LongestBlink < HostLease.Takeover);
    }

    private static SilenceWatch Looks(params (int Sign, int Second)[] looks) => looks.Aggregate(
        SilenceWatch.Begin,
        (watch, look) => watch.Look(new Dictionary<string, DateTimeOffset?> { ["host-a"] = Given.Noon.AddSeconds(look.Sign) }, TimeSpan.FromSeconds(look.Second)));
}

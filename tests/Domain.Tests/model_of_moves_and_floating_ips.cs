using CsCheck;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>
/// Instances that move, are broken off on their way and end, and floating IPs that come, are led elsewhere and go, by workers of three hosts over one log: each step in any interleaving, workers killed
/// between any two. After every step the hosts and the log agree on who has what.
/// </summary>
public sealed class model_of_moves_and_floating_ips
{
    [Fact]
    public void no_instance_is_on_two_hosts_and_no_floating_ip_leads_to_two_places_at_any_moment_in_any_interleaving()
    {
        var (moved, led, gone) = (0, 0, 0);
        Gen.Int[0, 99_999].Array[100, 500].Sample(
            choices =>
            {
                var world = new MovingWorld();
                foreach (var choice in choices)
                    world.Step(choice);

                world.RunUntilIdle();
                Interlocked.Add(ref moved, world.Moved);
                Interlocked.Add(ref led, world.Led);
                Interlocked.Add(ref gone, world.Gone);
            },
            iter: 250);
        Assert.True(moved > 50 && led > 500 && gone > 50, $"only {moved} moves, {led} associations and {gone} ends in 250 runs: the model has seen hardly anything");
    }
}

using NovaNetBus.Domain.FloatingIps;

namespace NovaNetBus.Domain.Instances;

/// <summary>The floating IPs that lead to an instance in their blocks too; never one that leads elsewhere by now.</summary>
internal static class HeldFloatings
{
    /// <summary>What becomes of those that the host has let go of; else what must be loaded first.</summary>
    public static InstanceDecision Left(
        InstanceNetwork instance, IEnumerable<LeavingIp> leaving, InstanceSituation situation, DateTimeOffset now, Func<ValueList<FloatingBlockEvent>, InstanceDecision> decide)
    {
        var events = new List<FloatingBlockEvent>();
        foreach (var gone in leaving)
        {
            var (floating, key) = (gone.Floating, gone.Floating.Block);
            if (!situation.Floatings.Read.Contains(key.First))
            {
                return new InstanceDecision.NeedsFloatings(key.First);
            }

            if (situation.Floatings.Blocks.GetValueOrDefault(key)?.Find(floating.Address) is not { } held || held.InstanceId != instance.InstanceId)
            {
                continue;
            }

            events.Add(new FloatingBlockEvent(key, new FloatingIpDisassociated(floating.Address, floating.FixedIp, instance.InstanceId, instance.Host!, gone.Request, now) { NeverLed = gone.NeverLed }));
            if (gone.Releases)
            {
                events.Add(new FloatingBlockEvent(key, new FloatingIpReleased(floating.Address, now)));
            }
        }

        return decide(events.ToValueList());
    }
}

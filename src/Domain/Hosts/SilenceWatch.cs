using System.Collections.Immutable;

namespace NovaNetBus.Domain.Hosts;

/// <summary>
/// How long hosts have given no sign of life, by one observer's own monotonic clock: a sign is only compared with the one before it, so that no host's or
/// database's clock is trusted. What the observer could not see, because it or the store was away, counts as no silence.
/// </summary>
public sealed record SilenceWatch
{
    /// <summary>Two looks that lie further apart are no observation of the time between them.</summary>
    public static readonly TimeSpan LongestBlink = TimeSpan.FromSeconds(5);

    private ImmutableDictionary<string, Heard> Hosts { get; init; } = ImmutableDictionary<string, Heard>.Empty;

    private TimeSpan? LastLook { get; init; }

    /// <summary>Has not looked yet.</summary>
    public static SilenceWatch Begin { get; } = new();

    /// <summary>After a look at each host's last sign.</summary>
    /// <param name="signs">By host; null: none yet.</param>
    /// <param name="now">When the look had ended: the signs are no younger.</param>
    public SilenceWatch Look(IReadOnlyDictionary<string, DateTimeOffset?> signs, TimeSpan now)
    {
        var blinked = LastLook is not { } last || now - last > LongestBlink;
        return new SilenceWatch
        {
            LastLook = now,
            Hosts = signs.ToImmutableDictionary(
                pair => pair.Key,
                pair => !blinked && Hosts.GetValueOrDefault(pair.Key) is { } before && before.Sign == pair.Value ? before : new Heard(pair.Value, now)),
        };
    }

    /// <summary>How long nothing has been heard of a host, as of the last look; zero for one that was not looked at.</summary>
    public TimeSpan SilenceOf(string host) => Hosts.GetValueOrDefault(host) is { } heard && LastLook is { } last ? last - heard.Since : TimeSpan.Zero;

    private sealed record Heard(DateTimeOffset? Sign, TimeSpan Since);
}

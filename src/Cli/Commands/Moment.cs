using System.Globalization;
using System.Text.RegularExpressions;

namespace NovaNetBus.Cli.Commands;

/// <summary>A time as operators type it.</summary>
internal static partial class Moment
{
    /// <summary>The forms that are understood, for help and faults.</summary>
    public const string Forms = "2026-11-23T12:00:00Z, '2026-11-23 12:00', 2026-11-23, or 10m, 2h, 3d ago";

    /// <summary>Reads a time. Without a zone it is UTC, as everything that the tool prints; a number with s, m, h or d is that long before <paramref name="now"/>.</summary>
    public static bool TryParse(string typed, DateTimeOffset now, out DateTimeOffset time)
    {
        if (Ago().Match(typed) is { Success: true } ago && long.TryParse(ago.Groups["number"].ValueSpan, CultureInfo.InvariantCulture, out var number))
        {
            var seconds = number * ago.Groups["unit"].Value switch { "s" => 1, "m" => 60, "h" => 3600, _ => 86400 };
            time = now.AddSeconds(-seconds);
            return true;
        }

        time = now;
        return typed == "now"
            || (IsoDate().IsMatch(typed)
                && DateTimeOffset.TryParse(typed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time));
    }

    /// <summary>ISO 8601 in UTC, with all the digits that a time has in JSON.</summary>
    public static string OnTheWire(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    // Five digits: 99999 days before any year from 1970 on is a time that can be told.
    [GeneratedRegex(@"\A(?<number>\d{1,5})(?<unit>[smhd])( ago)?\z")]
    private static partial Regex Ago();

    [GeneratedRegex(@"\A\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|\z)")]
    private static partial Regex IsoDate();
}

using System.Globalization;

namespace NovaNetBus.Cli.Output;

/// <summary>Text from messages as a terminal may show it.</summary>
internal static class Printable
{
    /// <summary>The text with each control character replaced: a host name must not move the operator's cursor. Null or empty becomes <c>-</c>.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "-";
        }

        return text.Any(IsControl) ? string.Concat(text.Select(each => IsControl(each) ? '\uFFFD' : each)) : text;
    }

    /// <summary>The text on one line, each run of blanks and line ends as one blank.</summary>
    public static string OneLine(string text) => Of(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>UTC, to the second.</summary>
    public static string Of(DateTimeOffset? time) => Of(time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    /// <summary>A number without separators.</summary>
    public static string Of(long? number) => Of(number?.ToString(CultureInfo.InvariantCulture));

    // Format characters include those that turn the direction of writing.
    private static bool IsControl(char each) => char.GetUnicodeCategory(each) is UnicodeCategory.Control or UnicodeCategory.Format;
}

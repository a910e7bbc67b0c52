using System.Text.RegularExpressions;

namespace NovaNetBus.Hosting.HostText;

/// <summary>Names as DNS allows them, made from what people write.</summary>
public static partial class DnsLabel
{
    private const int LongestLabel = 63;

    /// <summary>Letters, digits and inner hyphens, lower case, at most 63 of them; null when nothing is left.</summary>
    public static string? From(string text)
    {
        var label = Others().Replace(text.ToLowerInvariant(), "-").Trim('-');
        label = label[..Math.Min(label.Length, LongestLabel)].Trim('-');
        return label.Length == 0 ? null : label;
    }

    /// <summary>The domain itself. Throws when it is none.</summary>
    public static string CheckedDomain(string domain) =>
        domain.Length <= 253 && Domain().IsMatch(domain) ? domain : throw new FormatException($"'{domain}' is not a domain name");

    [GeneratedRegex("[^a-z0-9-]+")]
    private static partial Regex Others();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z")]
    private static partial Regex Domain();
}

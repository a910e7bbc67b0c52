using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Hosting.Options;

/// <summary>Reads one value of one type; a fault is a <see cref="FormatException"/> that says what was expected.</summary>
internal static partial class OptionValue
{
    public static object Parse(Type type, string text, OptionAttribute rules) => type switch
    {
        _ when type == typeof(bool) => Flag(text),
        _ when type == typeof(int) => Number(text, rules),
        _ when type == typeof(IPAddress) => Address(text),
        _ when type == typeof(IPNetwork) => Network(text),
        _ when type == typeof(IPEndPoint) => EndPoint(text),
        _ when type == typeof(NetworkManagerKind) => Manager(text),
        _ when type == typeof(string) => Text(text, rules.Rule),
        _ => throw new InvalidOperationException($"No option can be of type {type}."),
    };

    private static object Flag(string text) => text.ToLowerInvariant() switch
    {
        "true" or "1" or "yes" or "on" => true,
        "false" or "0" or "no" or "off" => false,
        _ => throw new FormatException($"'{text}' is neither true nor false"),
    };

    private static object Number(string text, OptionAttribute rules)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            throw new FormatException($"'{text}' is not a whole number");
        }

        if (number < rules.Min || number > rules.Max)
        {
            var range = rules.Max == int.MaxValue ? $"{rules.Min} or more" : $"{rules.Min} to {rules.Max}";
            throw new FormatException($"{number} is out of range: {range}");
        }

        return number;
    }

    /// <summary>IPv4 in its four-part form or IPv6; short forms such as "10.1" are faults, since programs read them differently.</summary>
    private static IPAddress Address(string text) =>
        IPAddress.TryParse(text, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || FourParts().IsMatch(text)) && !text.Contains('%')
            ? address
            : throw new FormatException($"'{text}' is not an IP address");

    /// <summary>Host bits may be set, as nova allowed: they are cleared.</summary>
    private static object Network(string text)
    {
        var slash = text.IndexOf('/');
        if (slash < 0 || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw new FormatException($"'{text}' is not a range such as 10.0.0.0/8");
        }

        var bytes = Address(text[..slash]).GetAddressBytes();
        if (length > bytes.Length * 8)
        {
            throw new FormatException($"'{text}' is not a range: the prefix is longer than the address");
        }

        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }

    private static IPEndPoint EndPoint(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535)
        {
            return new IPEndPoint(Address(text[..colon].Trim('[', ']')), port);
        }

        throw new FormatException($"'{text}' is not an address and port such as 127.0.0.1:8780");
    }

    private static object Manager(string text) => text[(text.LastIndexOf('.') + 1)..] switch
    {
        nameof(NetworkManagerKind.FlatManager) => NetworkManagerKind.FlatManager,
        nameof(NetworkManagerKind.FlatDHCPManager) => NetworkManagerKind.FlatDHCPManager,
        nameof(NetworkManagerKind.VlanManager) => NetworkManagerKind.VlanManager,
        _ => throw new FormatException($"'{text}' is none of FlatManager, FlatDHCPManager, VlanManager"),
    };

    private static string Text(string text, OptionRule rule) => rule switch
    {
        _ when text.Any(char.IsControl) => throw new FormatException("control characters are not allowed"),
        OptionRule.HostName when !Host().IsMatch(text) => throw new FormatException($"'{text}' must be 1 to 63 characters of A-Z a-z 0-9 . _ -"),
        OptionRule.InterfaceName when !Interface().IsMatch(text) || text is "." or ".." =>
            throw new FormatException($"'{text}' is not an interface name: 1 to 15 characters of A-Z a-z 0-9 . _ -"),
        OptionRule.Domain when text.Length > 253 || !DomainName().IsMatch(text) => throw new FormatException($"'{text}' is not a domain name"),
        OptionRule.Path when !text.StartsWith('/') => throw new FormatException($"'{text}' is not an absolute path"),
        _ => text,
    };

    [GeneratedRegex(@"\A\d{1,3}(\.\d{1,3}){3}\z")]
    private static partial Regex FourParts();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,63}\z")]
    private static partial Regex Host();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,15}\z")]
    private static partial Regex Interface();

    [GeneratedRegex(@"\A([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)?\z")]
    private static partial Regex DomainName();
}

using System.Globalization;

namespace NovaNetBus.Domain.Addressing;

/// <summary>A 48-bit Ethernet address.</summary>
/// <param name="Value">48 bits; the upper 16 are zero.</param>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>The prefix of OpenStack's instances, fa:16:3e (nova: generate_mac_address).</summary>
    private const ulong InstancePrefix = 0xfa163e_000000;

    /// <summary>An instance's MAC address: fa:16:3e and 24 random bits, which the caller brings.</summary>
    public static MacAddress ForInstance(uint random) => new(InstancePrefix | (random & 0xffffff));

    /// <summary>
    /// The address of one of our bridges: locally administered, the same at each start, so that instances keep their gateway's address.
    /// (A bridge left to itself takes the lowest address among its ports, which changes as ports come and go.)
    /// </summary>
    public static MacAddress ForBridge(string host, string bridge)
    {
        const ulong fnvOffset = 14695981039346656037, fnvPrime = 1099511628211;
        var hash = fnvOffset;
        foreach (var c in host + "/" + bridge)
        {
            hash = unchecked((hash ^ c) * fnvPrime);
        }

        return new MacAddress(0x0a_00000000_00UL | ((hash ^ (hash >> 40)) & 0xff_ffff_ffff));
    }

    /// <summary>Reads six pairs of hexadecimal digits with colons between them. False for anything else, and for what no NIC may have: group addresses and zero.</summary>
    public static bool TryParse(string? text, out MacAddress mac)
    {
        mac = default;
        var parts = (text ?? "").Split(':');
        if (parts.Length != 6)
        {
            return false;
        }

        ulong value = 0;
        foreach (var part in parts)
        {
            if (part.Length != 2 || !part.All(char.IsAsciiHexDigit) || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                return false;
            }

            value = (value << 8) | octet;
        }

        mac = new MacAddress(value);
        return value != 0 && (value >> 40 & 1) == 0;
    }

    /// <summary>Like <see cref="TryParse"/>; throws <see cref="FormatException"/>.</summary>
    public static MacAddress Parse(string text) => TryParse(text, out var mac) ? mac : throw new FormatException($"'{text}' is not the MAC address of a NIC");

    /// <summary>Lower case with colons.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Octet(5):x2}:{Octet(4):x2}:{Octet(3):x2}:{Octet(2):x2}:{Octet(1):x2}:{Octet(0):x2}");

    private ulong Octet(int index) => (Value >> (8 * index)) & 0xff;
}

using System.Globalization;

namespace NovaNetBus.Domain.Addressing;

/// <summary>An IPv4 address as a number, so that addresses can be counted and ordered.</summary>
/// <param name="Value">In host order: 10.0.0.1 is 0x0A000001.</param>
public readonly record struct Ipv4(uint Value) : IComparable<Ipv4>
{
    /// <summary>Reads four decimal numbers of 0 to 255 without leading zeros. Throws <see cref="FormatException"/> for anything else.</summary>
    public static Ipv4 Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv4 address");

    /// <summary>Like <see cref="Parse"/>; false instead of an exception.</summary>
    public static bool TryParse(string? text, out Ipv4 address)
    {
        address = default;
        var parts = (text ?? "").Split('.');
        if (parts.Length != 4)
        {
            return false;
        }

        uint value = 0;
        foreach (var part in parts)
        {
            // The digits are looked at too: .NET's number parsing lets NUL characters stand at the end.
            if (!part.All(char.IsAsciiDigit) || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var octet) || (part.Length > 1 && part[0] == '0'))
            {
                return false;
            }

            value = (value << 8) | octet;
        }

        address = new Ipv4(value);
        return true;
    }

    /// <summary>The address <paramref name="count"/> further on; wraps at the end of the address space.</summary>
    public static Ipv4 operator +(Ipv4 address, uint count) => new(unchecked(address.Value + count));

    /// <summary>How far <paramref name="left"/> lies behind <paramref name="right"/>.</summary>
    public static uint operator -(Ipv4 left, Ipv4 right) => unchecked(left.Value - right.Value);

    /// <summary>Order of the addresses as numbers.</summary>
    public static bool operator <(Ipv4 left, Ipv4 right) => left.Value < right.Value;

    /// <summary>Order of the addresses as numbers.</summary>
    public static bool operator >(Ipv4 left, Ipv4 right) => left.Value > right.Value;

    /// <summary>Order of the addresses as numbers.</summary>
    public static bool operator <=(Ipv4 left, Ipv4 right) => left.Value <= right.Value;

    /// <summary>Order of the addresses as numbers.</summary>
    public static bool operator >=(Ipv4 left, Ipv4 right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Ipv4 other) => Value.CompareTo(other.Value);

    /// <summary>Dotted decimal.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value >> 24}.{(Value >> 16) & 255}.{(Value >> 8) & 255}.{Value & 255}");
}

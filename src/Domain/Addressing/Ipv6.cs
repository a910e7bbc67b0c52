using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace NovaNetBus.Domain.Addressing;

/// <summary>An IPv6 address as a number.</summary>
/// <param name="Value">In host order.</param>
public readonly record struct Ipv6(UInt128 Value) : IComparable<Ipv6>
{
    /// <summary>Reads the forms of RFC 4291, without a scope and without brackets. Throws <see cref="FormatException"/> for anything else.</summary>
    public static Ipv6 Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv6 address");

    /// <summary>Like <see cref="Parse"/>; false instead of an exception.</summary>
    public static bool TryParse(string? text, out Ipv6 address)
    {
        address = default;
        if (text is null || !text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        address = new Ipv6(BinaryPrimitives.ReadUInt128BigEndian(parsed.GetAddressBytes()));
        return true;
    }

    /// <summary>The address <paramref name="count"/> further on; wraps at the end of the address space.</summary>
    public static Ipv6 operator +(Ipv6 address, UInt128 count) => new(unchecked(address.Value + count));

    /// <summary>Order of the addresses as numbers.</summary>
    public static bool operator <(Ipv6 left, Ipv6 right) => left.Value < right.Value;

    /// <summary>Order of the addresses as numbers.</summary>
    public static bool operator >(Ipv6 left, Ipv6 right) => left.Value > right.Value;

    /// <summary>Order of the addresses as numbers.</summary>
    public static bool operator <=(Ipv6 left, Ipv6 right) => left.Value <= right.Value;

    /// <summary>Order of the addresses as numbers.</summary>
    public static bool operator >=(Ipv6 left, Ipv6 right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Ipv6 other) => Value.CompareTo(other.Value);

    /// <summary>As RFC 5952 writes it.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return new IPAddress(bytes).ToString();
    }
}

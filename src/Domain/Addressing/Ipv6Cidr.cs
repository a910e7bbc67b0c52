using System.Globalization;

namespace NovaNetBus.Domain.Addressing;

/// <summary>An IPv6 range that a prefix names. The host bits of <see cref="Network"/> are always zero.</summary>
public readonly record struct Ipv6Cidr
{
    /// <summary>The range of <paramref name="prefixLength"/> (0 to 128) bits that holds <paramref name="address"/>; host bits are cleared.</summary>
    public Ipv6Cidr(Ipv6 address, int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, 128);
        PrefixLength = prefixLength;
        Network = new Ipv6(address.Value & Mask(prefixLength));
    }

    /// <summary>Where each NIC gives itself an address that is good on its own link alone (RFC 4291).</summary>
    public static Ipv6Cidr LinkLocal { get; } = Parse("fe80::/64");

    /// <summary>The first address.</summary>
    public Ipv6 Network { get; }

    /// <summary>0 to 128.</summary>
    public int PrefixLength { get; }

    /// <summary>The last address.</summary>
    public Ipv6 Last => new(Network.Value | ~Mask(PrefixLength));

    /// <summary>Reads <c>fd00::/64</c>; a prefix must be there. Host bits are cleared. Throws <see cref="FormatException"/>.</summary>
    public static Ipv6Cidr Parse(string text) =>
        TryParse(text, out var cidr) ? cidr : throw new FormatException($"'{text}' is not an IPv6 range");

    /// <summary>Like <see cref="Parse"/>; false instead of an exception.</summary>
    public static bool TryParse(string? text, out Ipv6Cidr cidr)
    {
        cidr = default;
        if ((text ?? "").Split('/') is not [var start, var length] || !Ipv6.TryParse(start, out var address)
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix > 128
            || length != prefix.ToString(CultureInfo.InvariantCulture))
        {
            return false;
        }

        cidr = new Ipv6Cidr(address, prefix);
        return true;
    }

    /// <summary>
    /// The address that the NIC with this MAC gives itself in this range, which must be one of /64 (RFC 4291 appendix A, as nova's ipv6_backend rfc2462 takes it).
    /// </summary>
    public Ipv6 AddressOf(MacAddress mac)
    {
        const ulong universal = 0x0200_0000_0000_0000;
        var identifier = ((mac.Value & 0xffff_ff00_0000) << 16 | 0xff_fe00_0000 | (mac.Value & 0xff_ffff)) ^ universal;
        return new Ipv6(Network.Value | identifier);
    }

    /// <summary>True when the address lies in the range.</summary>
    public bool Contains(Ipv6 address) => address >= Network && address <= Last;

    /// <summary>True when the two share an address.</summary>
    public bool Overlaps(Ipv6Cidr other) => Contains(other.Network) || other.Contains(Network);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Network}/{PrefixLength}");

    private static UInt128 Mask(int prefixLength) => prefixLength == 0 ? 0 : UInt128.MaxValue << (128 - prefixLength);
}

using System.Globalization;

namespace NovaNetBus.Domain.Addressing;

/// <summary>An IPv4 range that a prefix names. The host bits of <see cref="Network"/> are always zero.</summary>
public readonly record struct Cidr
{
    /// <summary>The range of <paramref name="prefixLength"/> (0 to 32) bits that holds <paramref name="address"/>; host bits are cleared, as nova did.</summary>
    public Cidr(Ipv4 address, int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, 32);
        PrefixLength = prefixLength;
        Network = new Ipv4(address.Value & Mask(prefixLength));
    }

    /// <summary>The first address.</summary>
    public Ipv4 Network { get; }

    /// <summary>0 to 32.</summary>
    public int PrefixLength { get; }

    /// <summary>The last address.</summary>
    public Ipv4 Broadcast => new(Network.Value | ~Mask(PrefixLength));

    /// <summary>As an address, e.g. 255.255.255.0.</summary>
    public Ipv4 Netmask => new(Mask(PrefixLength));

    /// <summary>How many addresses, network and broadcast included: 1 to 2^32.</summary>
    public long Size => 1L << (32 - PrefixLength);

    /// <summary>Reads <c>10.0.0.0/24</c>; an address alone is a /32. Host bits are cleared. Throws <see cref="FormatException"/>.</summary>
    public static Cidr Parse(string text) =>
        TryParse(text, out var cidr) ? cidr : throw new FormatException($"'{text}' is not an IPv4 range");

    /// <summary>Like <see cref="Parse"/>; false instead of an exception.</summary>
    public static bool TryParse(string? text, out Cidr cidr)
    {
        cidr = default;
        var parts = (text ?? "").Split('/');
        var prefix = 32;
        if (parts.Length > 2 || !Ipv4.TryParse(parts[0], out var address))
        {
            return false;
        }

        if (parts.Length == 2 && !TryParsePrefix(parts[1], out prefix))
        {
            return false;
        }

        cidr = new Cidr(address, prefix);
        return true;
    }

    /// <summary>True when the address lies in the range.</summary>
    public bool Contains(Ipv4 address) => address >= Network && address <= Broadcast;

    /// <summary>True when all of <paramref name="other"/> lies in the range.</summary>
    public bool Contains(Cidr other) => Contains(other.Network) && Contains(other.Broadcast);

    /// <summary>True when the two share an address.</summary>
    public bool Overlaps(Cidr other) => Contains(other.Network) || other.Contains(Network);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Network}/{PrefixLength}");

    /// <summary>One or two digits without leading zeros; .NET's own parsing would let NUL characters stand at the end.</summary>
    private static bool TryParsePrefix(string text, out int prefix) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= 32
        && text == prefix.ToString(CultureInfo.InvariantCulture);

    private static uint Mask(int prefixLength) => prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);
}

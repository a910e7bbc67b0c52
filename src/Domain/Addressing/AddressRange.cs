namespace NovaNetBus.Domain.Addressing;

/// <summary>Addresses in a row, both ends included; empty when <paramref name="Last"/> lies before <paramref name="First"/>.</summary>
public readonly record struct AddressRange(Ipv4 First, Ipv4 Last)
{
    /// <summary>How many addresses: 0 to 2^32.</summary>
    public long Size => Math.Max(0, (long)Last.Value - First.Value + 1);

    /// <summary>True when the address lies between the ends, or is one.</summary>
    public bool Contains(Ipv4 address) => address >= First && address <= Last;

    /// <summary>What both have; may be empty.</summary>
    public AddressRange Intersect(AddressRange other) => new(First > other.First ? First : other.First, Last < other.Last ? Last : other.Last);

    /// <summary>As people write it, e.g. 10.0.0.2-10.0.0.254.</summary>
    public override string ToString() => $"{First}-{Last}";
}

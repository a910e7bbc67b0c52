using System.Buffers.Binary;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Instances;

/// <summary>Ids and MAC addresses of an instance's new NICs, all from one random seed that the command brings.</summary>
public static class NewVif
{
    /// <summary>2^32 over the golden ratio: steps of it are spread evenly, whatever the start.</summary>
    private const uint Stride = 0x9e3779b1;

    /// <summary>The id of the NIC at a place (from 0). Places differ in the first characters, which make the port's name.</summary>
    public static Guid IdOf(Guid seed, int place) => SeededId.At(seed, place);

    /// <summary>The MAC address of the NIC at a place (from 0); of the next draw (from 0) when another NIC has that one already.</summary>
    public static MacAddress MacOf(Guid seed, int place, int draw = 0)
    {
        Span<byte> bytes = stackalloc byte[16];
        seed.TryWriteBytes(bytes, bigEndian: true, out _);
        return MacAddress.ForInstance(unchecked(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) + (uint)place + ((uint)draw * Stride)));
    }
}

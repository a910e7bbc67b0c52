using System.Buffers.Binary;

namespace NovaNetBus.Domain;

/// <summary>Several ids from one: a command that brings one random id brings as many as it needs.</summary>
public static class SeededId
{
    /// <summary>The id at a place (from 0, where it is the seed itself). Places differ in the first characters.</summary>
    public static Guid At(Guid seed, int place)
    {
        Span<byte> bytes = stackalloc byte[16];
        seed.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, unchecked(BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)place));
        return new Guid(bytes, bigEndian: true);
    }
}

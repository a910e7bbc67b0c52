using System.Text;

namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>The attributes of a message that was received: the last of each type.</summary>
internal readonly struct NetlinkAttributes
{
    private const ushort TypeMask = 0x3fff; // the two highest bits say "nested" and "network order"

    private readonly Dictionary<ushort, ReadOnlyMemory<byte>> values = [];

    public NetlinkAttributes(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length >= 4)
        {
            int size = BitConverter.ToUInt16(bytes.Span);
            if (size < 4 || size > bytes.Length)
            {
                break;
            }

            values[(ushort)(BitConverter.ToUInt16(bytes.Span[2..]) & TypeMask)] = bytes[4..size];
            bytes = bytes[Math.Min((size + 3) & ~3, bytes.Length)..];
        }
    }

    /// <summary>All of them, in the order in which they came.</summary>
    public IEnumerable<(ushort Type, ReadOnlyMemory<byte> Value)> All => values.Select(pair => (pair.Key, pair.Value));

    /// <summary>Null when it is not there, which is something else than empty.</summary>
    public ReadOnlyMemory<byte>? Bytes(ushort type) => values.TryGetValue(type, out var value) ? value : default(ReadOnlyMemory<byte>?);

    public uint? Number(ushort type) => Bytes(type) is { Length: 4 } value ? BitConverter.ToUInt32(value.Span) : null;

    public string? Text(ushort type) => Bytes(type) is { } value ? Encoding.UTF8.GetString(value.Span).TrimEnd('\0') : null;

    public NetlinkAttributes Nested(ushort type) => new(Bytes(type) ?? ReadOnlyMemory<byte>.Empty);
}

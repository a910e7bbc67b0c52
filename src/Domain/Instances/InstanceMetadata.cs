using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NovaNetBus.Domain.Instances;

/// <summary>A text with a name.</summary>
public sealed record NamedText(string Name, string Text);

/// <summary>
/// What the metadata service tells an instance of itself besides its network. It may hold secrets: it is neither in the log (which has its
/// <see cref="DigestFor"/>) nor in anything that is printed.
/// </summary>
/// <param name="AvailabilityZone">Null: none was named.</param>
/// <param name="Values">The owner's key-value pairs, ordered by name.</param>
/// <param name="UserData">Base64, as it came; null: none.</param>
/// <param name="PublicKeys">By key name, ordered by it.</param>
public sealed record InstanceMetadata(string? AvailabilityZone, ValueList<NamedText> Values, string? UserData, ValueList<NamedText> PublicKeys)
{
    /// <summary>Nothing was said.</summary>
    public static InstanceMetadata Empty { get; } = new(null, [], null, []);

    /// <summary>
    /// SHA-256 in lower-case hexadecimal of this as given to one instance; equal for equal content. The instance's id is part of it, so that
    /// the same secret of two instances cannot be told from the log.
    /// </summary>
    public string DigestFor(Guid instanceId)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(instanceId.ToByteArray(bigEndian: true));
        Append(hash, AvailabilityZone);
        Append(hash, UserData);
        Append(hash, Values);
        Append(hash, PublicKeys);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Tells nothing of the content.</summary>
    public override string ToString() => nameof(InstanceMetadata);

    private static void Append(IncrementalHash hash, ValueList<NamedText> texts)
    {
        Append(hash, texts.Count);
        foreach (var item in texts)
        {
            Append(hash, item.Name);
            Append(hash, item.Text);
        }
    }

    /// <summary>With its length before it, so that no two contents are written alike; what is missing is not what is empty.</summary>
    private static void Append(IncrementalHash hash, string? text)
    {
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        Append(hash, text is null ? -1 : bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}

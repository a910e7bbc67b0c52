using System.Buffers.Text;
using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Hosting.Messaging;

namespace NovaNetBus.NetworkWorker.Intake;

/// <summary>
/// What of an instance-spawning is for the metadata service, within nova's bounds (API schema and quotas of 14.0.0). A complaint names the field
/// and never its content.
/// </summary>
internal static class MetadataTranslation
{
    /// <summary>Characters of Base64 (nova: MAX_USERDATA_SIZE).</summary>
    public const int LongestUserData = 65535;

    /// <summary>Characters of a name or a value.</summary>
    public const int LongestText = 255;

    public const int MostValues = 128, MostKeys = 16;

    /// <summary>Characters of all keys together.</summary>
    public const int LongestKeys = 65535;

    /// <summary>Throws <see cref="InvalidMessageException"/>.</summary>
    public static InstanceMetadata ToMetadata(InstanceSpawning message)
    {
        var zone = message.AvailabilityZone;
        Require(zone is null || IsName(zone), $"availabilityZone must have 1 to {LongestText} characters, none of them a control character");
        var values = Sorted(message.Metadata);
        Require(values.Count <= MostValues, $"metadata must not have more than {MostValues} entries");
        Require(values.All(value => IsName(value.Name)), $"metadata: a name must have 1 to {LongestText} characters, none of them a control character");
        Require(values.All(value => IsText(value.Text, LongestText)), $"metadata: a value must have at most {LongestText} characters, none of them NUL");
        var keys = Sorted(message.PublicKeys);
        Require(keys.Count <= MostKeys, $"publicKeys must not name more than {MostKeys} keys");
        Require(keys.All(key => IsName(key.Name)), $"publicKeys: a name must have 1 to {LongestText} characters, none of them a control character");
        Require(keys.All(key => IsText(key.Text, LongestKeys)) && keys.Sum(key => key.Text.Length) <= LongestKeys,
            $"publicKeys must not have more than {LongestKeys} characters together, none of them NUL");
        var userData = message.UserData is "" ? null : message.UserData;
        Require(userData is null || userData.Length <= LongestUserData, $"userData must not have more than {LongestUserData} characters of Base64");
        Require(userData is null || Base64.IsValid(userData), "userData must be Base64");
        return new InstanceMetadata(zone, values, userData, keys);
    }

    private static ValueList<NamedText> Sorted(IReadOnlyDictionary<string, string>? texts) =>
        (texts ?? new Dictionary<string, string>()).Select(pair => new NamedText(pair.Key, pair.Value)).OrderBy(text => text.Name, StringComparer.Ordinal).ToValueList();

    private static bool IsName(string text) => text.Length is > 0 and <= LongestText && !text.Any(char.IsControl);

    /// <summary>NUL is what the store cannot hold; a null comes from JSON, whatever the type says.</summary>
    private static bool IsText(string? text, int longest) => text is not null && text.Length <= longest && !text.Contains('\0', StringComparison.Ordinal);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidMessageException(otherwise);
        }
    }
}

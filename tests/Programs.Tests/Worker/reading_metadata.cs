using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.NetworkWorker.Intake;
using Xunit;

namespace NovaNetBus.Programs.Tests.Worker;

public sealed class reading_metadata
{
    private static readonly InstanceSpawning Good = new(
        Guid.NewGuid(), "demo", "host-a", "web-1", AvailabilityZone: "zone-1", Metadata: Map(("role", "web"), ("a", "")), UserData: "aGVsbG8=", PublicKeys: Map(("mine", "ssh-rsa AAAA me\n")));

    [Fact]
    public void what_a_spawning_says_is_kept_in_order_of_its_names()
    {
        var metadata = MetadataTranslation.ToMetadata(Good);
        Assert.Equal(("zone-1", "aGVsbG8="), (metadata.AvailabilityZone, metadata.UserData));
        Assert.Equal([("a", ""), ("role", "web")], metadata.Values.Select(value => (value.Name, value.Text)));
        Assert.Equal([("mine", "ssh-rsa AAAA me\n")], metadata.PublicKeys.Select(key => (key.Name, key.Text)));
    }

    [Fact]
    public void what_it_does_not_say_is_nothing() => Assert.Equal(
        Domain.Instances.InstanceMetadata.Empty, MetadataTranslation.ToMetadata(new InstanceSpawning(Guid.NewGuid(), "demo", "host-a", "web-1", UserData: "")));

    [Fact]
    public void the_largest_that_nova_takes_is_taken()
    {
        var largest = Good with
        {
            UserData = new string('A', MetadataTranslation.LongestUserData - 3),
            Metadata = Enumerable.Range(0, MetadataTranslation.MostValues).ToDictionary(number => $"{number}", _ => new string('v', MetadataTranslation.LongestText)),
        };
        Assert.Equal(MetadataTranslation.MostValues, MetadataTranslation.ToMetadata(largest).Values.Count);
    }

    public static TheoryData<InstanceSpawning, string> Unmeant => new()
    {
        { Good with { UserData = "this is no Base64!" }, "userData" },
        { Good with { UserData = "aGVsbG8" }, "userData" },
        { Good with { UserData = new string('A', MetadataTranslation.LongestUserData + 1) }, "userData" },
        { Good with { AvailabilityZone = "" }, "availabilityZone" },
        { Good with { AvailabilityZone = "zone\n1" }, "availabilityZone" },
        { Good with { Metadata = Map(("", "v")) }, "metadata" },
        { Good with { Metadata = Map(("a\nb", "v")) }, "metadata" },
        { Good with { Metadata = Map(("a", null!)) }, "metadata" },
        { Good with { Metadata = Map(("a", "b\0c")) }, "metadata" },
        { Good with { Metadata = Map(("a", new string('v', MetadataTranslation.LongestText + 1))) }, "metadata" },
        { Good with { Metadata = Enumerable.Range(0, MetadataTranslation.MostValues + 1).ToDictionary(number => $"{number}", _ => "") }, "metadata" },
        { Good with { PublicKeys = Map(("my\nkey", "ssh-rsa AAAA")) }, "publicKeys" },
        { Good with { PublicKeys = Map(("a", new string('k', 40_000)), ("b", new string('k', 40_000))) }, "publicKeys" },
        { Good with { PublicKeys = Enumerable.Range(0, MetadataTranslation.MostKeys + 1).ToDictionary(number => $"{number}", _ => "") }, "publicKeys" },
    };

    [Theory]
    [MemberData(nameof(Unmeant), DisableDiscoveryEnumeration = true)]
    public void what_cannot_be_meant_is_refused_naming_the_field_and_not_its_content(InstanceSpawning message, string field)
    {
        var refusal = Assert.Throws<InvalidMessageException>(() => MetadataTranslation.ToMetadata(message));
        Assert.StartsWith(field, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no Base64!", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_message_that_is_printed_tells_no_secret() =>
        Assert.All(["aGVsbG8=", "AAAA", "role"], secret => Assert.DoesNotContain(secret, Good.ToString(), StringComparison.Ordinal));

    private static Dictionary<string, string> Map(params (string Name, string Text)[] pairs) => pairs.ToDictionary(pair => pair.Name, pair => pair.Text);
}

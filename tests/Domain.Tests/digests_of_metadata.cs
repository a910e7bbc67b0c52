using NovaNetBus.Domain.Instances;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class digests_of_metadata
{
    private static readonly InstanceMetadata Some = new("zone", [new NamedText("a", "b")], "dXNlcg==", [new NamedText("key", "ssh-rsa AAAA")]);

    [Fact]
    public void equal_content_has_one_digest() =>
        Assert.Equal(Some.DigestFor(Given.Id(1)), (Some with { Values = [new NamedText("a", "b")] }).DigestFor(Given.Id(1)));

    [Fact]
    public void whatever_differs_gives_another()
    {
        InstanceMetadata[] others =
        [
            Some, InstanceMetadata.Empty, Some with { AvailabilityZone = null }, Some with { AvailabilityZone = "" }, Some with { UserData = null }, Some with { Values = [] },
            Some with { Values = [new NamedText("ab", "")] }, Some with { Values = [.. Some.Values, .. Some.PublicKeys], PublicKeys = [] }, Some with { PublicKeys = [] },
        ];
        var digests = others.Select(metadata => metadata.DigestFor(Given.Id(1))).Append(Some.DigestFor(Given.Id(2))).ToList();
        Assert.Equal(digests.Count, digests.Distinct().Count());
        Assert.All(digests, digest => Assert.Matches("^[0-9a-f]{64}$", digest));
    }

    [Fact]
    public void printing_tells_nothing_of_the_content()
    {
        var printed = $"{Some} {Given.Spawn() with { Metadata = Some }}";
        Assert.All(["zone", "dXNlcg==", "AAAA"], secret => Assert.DoesNotContain(secret, printed, StringComparison.Ordinal));
    }
}

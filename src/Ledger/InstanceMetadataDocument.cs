using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger;

/// <summary>
/// What an instance is told of itself: user data, keys and values. Written in the commit of its addresses, whose event holds a digest of it, and
/// deleted in the commit that releases it: a secret outlives its instance nowhere. No projection, since the log cannot tell it.
/// </summary>
internal sealed class InstanceMetadataDocument
{
    /// <summary>The instance's.</summary>
    public required Guid Id { get; init; }

    public required InstanceMetadata Metadata { get; init; }
}

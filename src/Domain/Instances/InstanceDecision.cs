using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Instances;

/// <summary>What a decision about an instance, or about addresses alone, comes to.</summary>
public abstract record InstanceDecision
{
    private InstanceDecision()
    {
    }

    /// <summary>These facts, all or none. All empty: it was so already. A kind of stream that a decision may write to is one more list here.</summary>
    public sealed record Decided : InstanceDecision
    {
        /// <summary>Of the instance that was decided about.</summary>
        public ValueList<InstanceEvent> Instance { get; init; } = [];

        /// <summary>Of blocks of fixed IPs.</summary>
        public ValueList<BlockEvent> Blocks { get; init; } = [];

        /// <summary>Of hosts.</summary>
        public ValueList<HostEvent> Hosts { get; init; } = [];

        /// <summary>Of networks: a project's first use of one.</summary>
        public ValueList<NetworkEvent> Networks { get; init; } = [];

        /// <summary>Of blocks of floating IPs.</summary>
        public ValueList<FloatingBlockEvent> Floatings { get; init; } = [];

        /// <summary>The floating IP that it was about; null: about none.</summary>
        public Ipv4? Floating { get; init; }
    }

    /// <summary>No; the event, if there is one, is all that is recorded.</summary>
    public sealed record Refused(Refusal Refusal, InstanceNetworkRefused? Event) : InstanceDecision;

    /// <summary>Ask again with this block loaded.</summary>
    public sealed record NeedsBlock(BlockKey Block) : InstanceDecision;

    /// <summary>Ask again with this MAC address looked up.</summary>
    public sealed record NeedsMac(MacAddress Mac) : InstanceDecision;

    /// <summary>
    /// Ask again with another preferred block: that one has no free address, or fewer than this instance needs. Or with null, when every block that
    /// may have one was offered: then the loaded ones are searched for the last addresses.
    /// </summary>
    public sealed record NeedsFreeBlock(Guid NetworkId) : InstanceDecision;

    /// <summary>Ask again with the blocks of floating IPs loaded, of all pools, that begin with this address.</summary>
    public sealed record NeedsFloatings(Ipv4 First) : InstanceDecision;

    /// <summary>Ask again with a block of this pool that has a free address, or with the answer that it has none.</summary>
    public sealed record NeedsFreeFloating(string Pool) : InstanceDecision;

    /// <summary>Ask again with what floating IPs this project may have and has. Nobody else gives it any until this commit ends.</summary>
    public sealed record NeedsProjectFloatings(string ProjectId) : InstanceDecision;

    /// <summary>It was so already.</summary>
    public static InstanceDecision Unchanged { get; } = new Decided();
}

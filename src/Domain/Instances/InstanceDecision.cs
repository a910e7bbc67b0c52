using NovaNetBus.Domain.Addressing;
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

    /// <summary>It was so already.</summary>
    public static InstanceDecision Unchanged { get; } = new Decided();
}

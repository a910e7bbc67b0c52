namespace NovaNetBus.Domain.HostPlan;

/// <summary>One step on a host; prints as a sentence that an operator can read before it happens.</summary>
public abstract record HostAction
{
    private HostAction(HostResource resource) => Resource = resource;

    /// <summary>What the step is about: as it will be, or (for <see cref="Remove"/>) as it was.</summary>
    public HostResource Resource { get; }

    /// <summary>
    /// True for a step without which the host might answer for what it has lost: rules and their elements, and whatever answers and is to go. What is only missing
    /// answers to nobody.
    /// </summary>
    public bool KeepsSilence => Resource is FirewallRules or FirewallElement || (this is not Add && Resource is BridgeAddress or BridgeAddressV6 or FloatingAddress or DhcpServer);

    /// <summary>Brings into being what is not there.</summary>
    public sealed record Add : HostAction
    {
        /// <summary>Adds <paramref name="resource"/>.</summary>
        public Add(HostResource resource)
            : base(resource)
        {
        }

        /// <inheritdoc/>
        public override string ToString() => $"Add {Resource.Noun}.";
    }

    /// <summary>Replaces a state of a thing by another.</summary>
    public sealed record Change : HostAction
    {
        /// <summary>From <paramref name="previous"/> to <paramref name="resource"/>; both have the same key.</summary>
        public Change(HostResource previous, HostResource resource)
            : base(resource) => Previous = previous;

        /// <summary>As it was.</summary>
        public HostResource Previous { get; }

        /// <inheritdoc/>
        public override string ToString() => $"Change {Previous.Noun} to {Resource.Noun}.";
    }

    /// <summary>Takes away what must not be there.</summary>
    public sealed record Remove : HostAction
    {
        /// <summary>Removes <paramref name="resource"/>.</summary>
        public Remove(HostResource resource)
            : base(resource)
        {
        }

        /// <inheritdoc/>
        public override string ToString() => $"Remove {Resource.Noun}.";
    }
}

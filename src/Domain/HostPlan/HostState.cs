using System.Collections.Immutable;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>What is, or shall be, on a host: resources by key. Compares by content.</summary>
public sealed class HostState : IEquatable<HostState>
{
    private readonly ImmutableDictionary<string, HostResource> resources;

    private HostState(ImmutableDictionary<string, HostResource> resources) => this.resources = resources;

    /// <summary>Nothing.</summary>
    public static HostState Empty { get; } = new(ImmutableDictionary<string, HostResource>.Empty);

    /// <summary>All of it, in no order.</summary>
    public IEnumerable<HostResource> Resources => resources.Values;

    /// <summary>How many resources.</summary>
    public int Count => resources.Count;

    /// <summary>These resources; the same resource may be named more than once.</summary>
    public static HostState Of(IEnumerable<HostResource> resources) => Empty.With(resources);

    /// <summary>The resource of this key, or null.</summary>
    public HostResource? Find(string key) => resources.GetValueOrDefault(key);

    /// <summary>This state with these resources added or replaced. Cost: those given, not those there.</summary>
    public HostState With(IEnumerable<HostResource> added)
    {
        var builder = resources.ToBuilder();
        foreach (var resource in added)
        {
            builder[resource.Key] = resource;
        }

        return new HostState(builder.ToImmutable());
    }

    /// <summary>This state without the resources of these keys.</summary>
    public HostState Without(IEnumerable<string> keys) => new(resources.RemoveRange(keys));

    /// <summary>Only the resources of these keys, as far as they are there. Cost: the keys given.</summary>
    public HostState Restrict(IEnumerable<string> keys) => Of(keys.Select(Find).OfType<HostResource>());

    /// <summary>This state after the actions.</summary>
    public HostState After(IEnumerable<HostAction> actions) => actions.Aggregate(this, (state, action) => action switch
    {
        HostAction.Remove remove => state.Without([remove.Resource.Key]),
        _ => state.With([action.Resource]),
    });

    /// <inheritdoc/>
    public bool Equals(HostState? other) =>
        other is not null && Count == other.Count && resources.All(pair => pair.Value == other.Find(pair.Key));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HostState);

    /// <inheritdoc/>
    public override int GetHashCode() => resources.Keys.Aggregate(0, (hash, key) => hash ^ string.GetHashCode(key, StringComparison.Ordinal));
}

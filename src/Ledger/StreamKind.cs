namespace NovaNetBus.Ledger;

/// <summary>What a commit will append, stream by stream, each behind the version that was read.</summary>
internal sealed class Appending
{
    private readonly Dictionary<string, long> versions = [];
    private readonly SortedDictionary<string, List<(object Event, Origin Origin)>> changes = new(StringComparer.Ordinal);

    /// <summary>The version that decisions have seen of a stream; one that was not read is new.</summary>
    public void Read(string stream, long version) => versions[stream] = version;

    public void Add(string stream, object change, Origin origin)
    {
        if (!changes.TryGetValue(stream, out var ofStream))
        {
            changes[stream] = ofStream = [];
        }

        ofStream.Add((change, origin));
    }

    /// <summary>The streams are written in the order of their names, so that two writers never wait for each other in a ring.</summary>
    public void WriteTo(LedgerSession session)
    {
        foreach (var (stream, ofStream) in changes)
        {
            session.Append(
                stream, versions.GetValueOrDefault(stream), [.. ofStream.Select(change => change.Event)], [.. ofStream.Select(change => change.Origin)]);
        }
    }
}

/// <summary>The streams of one kind that a commit has to do with: what was read, as it stands after the works decided so far.</summary>
/// <param name="appending">Of the commit.</param>
/// <param name="nameOf">A stream's name.</param>
/// <param name="evolve">The Domain's: the state after an event; null before: there is none.</param>
internal sealed class StreamKind<TKey, TState, TEvent>(Appending appending, Func<TKey, string> nameOf, Func<TKey, TState?, TEvent, TState> evolve)
    where TKey : notnull
    where TState : class
    where TEvent : class
{
    private readonly HashSet<TKey> read = [];
    private readonly Dictionary<TKey, TState> states = [];

    /// <summary>Those that exist among those read.</summary>
    public IReadOnlyDictionary<TKey, TState> States => states;

    /// <summary>Null: it does not exist, or was not read.</summary>
    public TState? Find(TKey key) => states.GetValueOrDefault(key);

    /// <summary>Those of <paramref name="wanted"/> that are still to be read.</summary>
    public IReadOnlyCollection<TKey> Missing(IEnumerable<TKey> wanted) => [.. wanted.Distinct().Where(key => !read.Contains(key))];

    /// <summary>Takes in what was read; those asked for and not found do not exist.</summary>
    public void Take(IEnumerable<TKey> asked, IEnumerable<(TKey Key, TState State, long Version)> found)
    {
        read.UnionWith(asked);
        foreach (var (key, state, version) in found)
        {
            states[key] = state;
            appending.Read(nameOf(key), version);
        }
    }

    /// <summary>An event that this commit appends.</summary>
    public void Append(TKey key, TEvent change, Origin origin)
    {
        states[key] = evolve(key, states.GetValueOrDefault(key), change);
        read.Add(key);
        appending.Add(nameOf(key), change, origin);
    }
}

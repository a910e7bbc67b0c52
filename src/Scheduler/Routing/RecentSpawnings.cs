namespace NovaNetBus.Scheduler.Routing;

/// <summary>
/// Where instance-spawnings for hosts without a worker went lately. The log knows of an instance only when a worker has taken its spawning: what is published right behind it must
/// go the same way, to come after it. Forgets the oldest; what is forgotten is in the log by then.
/// </summary>
internal sealed class RecentSpawnings
{
    private const int Kept = 10_000;

    private readonly Queue<Guid> order = new();
    private readonly Dictionary<Guid, string> workers = [];

    public void Remember(Guid instanceId, string host)
    {
        lock (order)
        {
            if (!workers.ContainsKey(instanceId))
            {
                order.Enqueue(instanceId);
            }

            workers[instanceId] = host;
            if (order.Count > Kept)
            {
                workers.Remove(order.Dequeue());
            }
        }
    }

    /// <summary>The host whose worker it was sent to; null: none is known.</summary>
    public string? Find(Guid instanceId)
    {
        lock (order)
        {
            return workers.GetValueOrDefault(instanceId);
        }
    }
}

using NovaNetBus.Domain.Addressing;
using NovaNetBus.Hosting;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>Where a VM speaks from. Anti-spoofing sees to it that no other does.</summary>
internal readonly record struct VmPlace(string Bridge, Ipv4 Address);

/// <summary>Who has a place; null: nobody that this host serves. Throws on an outage of the store.</summary>
internal delegate Task<VmProfile?> VmReader(VmPlace place, CancellationToken cancellation);

/// <summary>
/// The VMs that asked lately. What was read holds until this host has changed for the instance's sake (<see cref="Forget"/>), and for a minute at most;
/// while the store is away it holds on. Questions that come together are one question to the store.
/// </summary>
internal sealed class VmDirectory(VmReader read, TimeProvider clock)
{
    private const int MostPlaces = 16_384;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60), LifetimeOfNobody = TimeSpan.FromSeconds(5), ReadLimit = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Dictionary<VmPlace, Known> vms = [];
    private readonly Dictionary<Guid, List<VmPlace>> places = [];
    private readonly Dictionary<VmPlace, DateTimeOffset> nobodyUntil = [];
    private readonly Dictionary<VmPlace, Reading> newest = [];
    private readonly HashSet<Reading> readings = [];

    /// <summary>Null: nobody. Throws on an outage when nothing was known before.</summary>
    public Task<VmProfile?> FindAsync(VmPlace place)
    {
        lock (gate)
        {
            var known = vms.GetValueOrDefault(place);
            if (known?.Until > clock.GetUtcNow() || nobodyUntil.GetValueOrDefault(place) > clock.GetUtcNow())
            {
                return Task.FromResult(known?.Vm);
            }

            if (!newest.TryGetValue(place, out var reading))
            {
                reading = newest[place] = new Reading(place, known?.Vm);
                readings.Add(reading);
                reading.Answer = ReadAsync(reading);
            }

            return reading.Answer!;
        }
    }

    /// <summary>
    /// This host has changed for an instance's sake. What is being read at this moment may be of before: it is not kept, and who asks from now on
    /// reads anew.
    /// </summary>
    public void Forget(Guid instanceId)
    {
        lock (gate)
        {
            places.Remove(instanceId, out var left);
            left?.ForEach(place => vms.Remove(place));
            nobodyUntil.Clear();
            newest.Clear();
            foreach (var reading in readings)
            {
                reading.Changed.Add(instanceId);
            }
        }
    }

    private async Task<VmProfile?> ReadAsync(Reading reading)
    {
        await Task.Yield(); // the caller holds the lock
        try
        {
            using var limit = new CancellationTokenSource(ReadLimit, clock);
            var vm = await read(reading.Place, limit.Token);
            Keep(reading, vm);
            return vm;
        }
        catch (Exception fault) when (reading.Before is not null && (Outage.IsOutage(fault) || fault is OperationCanceledException))
        {
            return reading.Before;
        }
        finally
        {
            End(reading);
        }
    }

    private void Keep(Reading reading, VmProfile? vm)
    {
        lock (gate)
        {
            if (vm is null ? reading.Changed.Count > 0 : reading.Changed.Contains(vm.InstanceId))
            {
                return;
            }

            MakeRoom();
            var (place, now) = (reading.Place, clock.GetUtcNow());
            Remove(place);
            if (vm is null)
            {
                nobodyUntil[place] = now + LifetimeOfNobody;
                return;
            }

            vms[place] = new Known(vm, now + Lifetime);
            if (!places.TryGetValue(vm.InstanceId, out var own))
            {
                places[vm.InstanceId] = own = [];
            }

            own.Add(place);
        }
    }

    private void Remove(VmPlace place)
    {
        nobodyUntil.Remove(place);
        if (vms.Remove(place, out var previous) && places[previous.Vm.InstanceId] is var own && own.Remove(place) && own.Count == 0)
        {
            places.Remove(previous.Vm.InstanceId);
        }
    }

    /// <summary>More than any host has: then all is read anew, rather than kept for ever.</summary>
    private void MakeRoom()
    {
        if (vms.Count + nobodyUntil.Count >= MostPlaces)
        {
            vms.Clear();
            places.Clear();
            nobodyUntil.Clear();
        }
    }

    private void End(Reading reading)
    {
        lock (gate)
        {
            readings.Remove(reading);
            if (newest.GetValueOrDefault(reading.Place) == reading)
            {
                newest.Remove(reading.Place);
            }
        }
    }

    private sealed record Known(VmProfile Vm, DateTimeOffset Until);

    private sealed class Reading(VmPlace place, VmProfile? before)
    {
        public VmPlace Place { get; } = place;

        public VmProfile? Before { get; } = before;

        public HashSet<Guid> Changed { get; } = [];

        public Task<VmProfile?>? Answer { get; set; }
    }
}

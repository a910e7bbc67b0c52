using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Tests;

/// <summary>How workers take and follow messages.</summary>
internal sealed partial class Cluster
{
    /// <summary>A worker takes a message of its queue; messages of one instance one after the other, in their order.</summary>
    private void Take(int choice)
    {
        var ready = waiting.Where((message, place) =>
            running.TrueForAll(job => !IsBefore(job.Message, message)) && !waiting.Take(place).Any(earlier => IsBefore(earlier, message))).ToList();
        if (ready.Count == 0)
        {
            if (running.Count > 0)
                Advance(choice / 3 % running.Count);
            return;
        }

        var taken = ready[choice % ready.Count];
        waiting.RemoveAt(waiting.FindIndex(message => ReferenceEquals(message, taken)));
        if (ledger.Read(taken.Host).State.IsRetired)
            Rejoin(taken.Host);
        running.Add((taken, Handle(taken).GetEnumerator()));
    }

    private static bool IsBefore(Message earlier, Message message) => earlier.Host == message.Host && earlier.Instance == message.Instance;

    private void Advance(int place)
    {
        if (!running[place].Handler.MoveNext())
            running.RemoveAt(place); // acknowledged
    }

    /// <summary>The way of a message through its worker: a "yield" is where the worker may die or others may come between.</summary>
    private IEnumerable<int> Handle(Message message)
    {
        var (id, decide) = (Given.Id(100 + message.Instance), DecisionOf(message));
        var refused = false;
        foreach (var step in Append(message, situation =>
        {
            var decision = decide(situation);
            refused = decision is InstanceDecision.Refused;
            return decision;
        }))
            yield return step;

        if (refused)
            yield break;

        var state = ledger.Read(id).State!;
        if (state.IsOnHost && state.Host == message.Host)
        {
            Plug(state, message.Host);
            yield return 0;
            foreach (var step in Append(message, situation => InstanceDecisions.Configured(message.Host, state.Generation, endsLeases, situation, Now)))
                yield return step;
        }
        else if (state.Status == InstanceStatus.Releasing && state.Host == message.Host)
        {
            Unplug(state, message.Host);
            yield return 0;
            foreach (var step in Append(message, situation => InstanceDecisions.Released(endsLeases, situation, Now)))
                yield return step;
        }
    }

    private Func<InstanceSituation, InstanceDecision> DecisionOf(Message message)
    {
        var (id, seed) = (Given.Id(100 + message.Instance), Given.Seed(++clock));
        var spawn = SpawnOf(message) with { Seed = seed, Now = Now };
        var first = ledger.Read(id).State?.Ports.ElementAtOrDefault(message.Wish % 2)?.Address.ToString() ?? "10.0.0.3";
        return message.Kind switch
        {
            MessageKind.Spawn => situation => InstanceDecisions.Spawn(spawn, situation),
            MessageKind.Delete => situation => InstanceDecisions.Delete(id, situation, Now),
            MessageKind.Add => situation => FixedIpChanges.Add(new AddFixedIp(id, message.Host, networks[message.Wish % 2].Id.ToString(), message.Id, seed, Now), situation),
            _ => situation => FixedIpChanges.Remove(new RemoveFixedIp(id, message.Host, first, message.Id, Now), situation),
        };
    }

    /// <summary>Reads, decides, appends; a lost race begins again.</summary>
    private IEnumerable<int> Append(Message message, Func<InstanceSituation, InstanceDecision> ask)
    {
        bool appended;
        do
        {
            var attempt = new Attempt(ledger, Given.Id(100 + message.Instance), message.Host);
            yield return 0;
            var decision = attempt.Decide(ask);
            yield return 0;
            appended = attempt.TryAppend(decision);
            yield return 0;
        }
        while (!appended);
    }

    private Spawn SpawnOf(Message message)
    {
        NetworkRequest[] wishes = message.Wish switch
        {
            0 => [Given.Asking(networks[0], "10.0.0.5")],
            1 => [Given.Asking(networks[1]), Given.Asking(networks[1], "10.0.1.6")],
            2 => [Given.Asking(networks[0]), Given.Asking(networks[0])],
            3 => [Given.Asking(networks[0], mac: "fa:16:3e:ff:00:01")],
            < 6 => [Given.Asking(networks[0])],
            _ => [],
        };
        return Given.Spawn(message.Instance, message.Host, wishes);
    }

    private void Unplug(InstanceNetwork state, string host)
    {
        Plugs++;
        foreach (var port in state.Ports.Concat(state.Leaving).Where(port => plugged.GetValueOrDefault((host, port.Address))?.VifId == port.VifId))
            LetGo((host, port.Address));
    }

    private void Plug(InstanceNetwork state, string host)
    {
        Plugs++;
        foreach (var port in state.Ports)
            plugged[(host, port.Address)] = port;
        foreach (var port in state.Leaving.Where(port => plugged.GetValueOrDefault((host, port.Address))?.VifId == port.VifId))
            LetGo((host, port.Address));
    }

    private void LetGo((string Host, Addressing.Ipv4 Address) place)
    {
        plugged.Remove(place);
        if (endsLeases && leased.Remove(place, out var mac))
            See(place, mac, null);
    }
}

using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using Npgsql;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>
/// A world in which anything happens, on several hosts and often in halves: instances, addresses, floating IPs, moves that arrive, are broken off or stay on their way, networks whose one host is drained
/// or taken over from, hosts that are forgotten. What cannot be is refused, as it would be outside.
/// </summary>
internal sealed class Story(TestLedger ledger)
{
    public const string Pool = "nova", Project = "project-1";

    public static readonly string[] Hosts = ["host-a", "host-b", "host-c"];

    private readonly Dictionary<string, InstanceLedger> programs = Hosts.ToDictionary(host => host, _ => ledger.StartProgram().GetRequiredService<InstanceLedger>());
    private readonly List<Guid> instances = [];
    private int networks, settings;

    /// <summary>How often each kind of step came to something, by its name.</summary>
    public Dictionary<string, int> Done { get; } = [];

    private static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TestLedger.Now;

    private FloatingLedger Floatings => ledger.Program.GetRequiredService<FloatingLedger>();

    private FixedIpLedger FixedIps => ledger.Program.GetRequiredService<FixedIpLedger>();

    /// <summary>Hosts with their workers' options, a network of each kind, and a pool.</summary>
    public async Task BeginAsync()
    {
        foreach (var host in Hosts)
        {
            await JoinAsync(host);
        }

        await CreateNetworkAsync(isShared: true, isMultiHost: true);
        await CreateNetworkAsync(isShared: true, isMultiHost: false);
        await Floatings.CreateAsync(new CreateFloatingRange("203.0.113.0/28", Pool, null, Now), Of("scheduler"), Stop);
    }

    /// <summary>The database's clock.</summary>
    public async Task<DateTimeOffset> NowAsync()
    {
        await using var connection = new NpgsqlConnection(ledger.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    public Task StepAsync(int dice)
    {
        var (kind, choice) = (dice % 24, dice / 24);
        return kind switch
        {
            0 when networks < 6 => CreateNetworkAsync(choice % 2 == 0, choice % 3 > 0),
            0 => ReserveAsync(choice),
            1 or 2 or 3 => SpawnAsync(choice),
            4 or 5 or 6 => OfInstanceAsync(choice, FollowAsync),
            7 => OfInstanceAsync(choice, AddressAsync),
            8 or 9 => OfInstanceAsync(choice, AssociateAsync),
            10 or 11 => OfInstanceAsync(choice, DisassociateAsync),
            17 => GiveAsync(choice),
            20 or 21 or 22 => ServeAsync(choice),
            12 or 13 => OfInstanceAsync(choice, MoveAsync),
            14 => OfInstanceAsync(choice, DeleteAsync),
            15 => OfInstanceAsync(choice, LeaseAsync),
            16 => ServeAsync(choice),
            18 => JoinAsync(Hosts[choice % Hosts.Length]),
            _ when choice % 8 == 0 => ForgetAsync(Hosts[choice % Hosts.Length]),
            _ => OfInstanceAsync(choice, MoveAsync),
        };
    }

    private static Origin Of(string host) => TestLedger.OriginOf(host);

    private void Did(string what, bool isDone)
    {
        lock (Done)
        {
            Done[what] = Done.GetValueOrDefault(what) + (isDone ? 1 : 0);
        }
    }

    private async Task CreateNetworkAsync(bool isShared, bool isMultiHost)
    {
        var number = Interlocked.Increment(ref networks);
        await ledger.CreateNetworkAsync($"10.{100 + number}.0.0/24", $"net-{number}", isShared, Project, isMultiHost);
    }

    private async Task ReserveAsync(int choice)
    {
        var address = $"10.{101 + (choice % networks)}.0.{200 + (choice % 3)}";
        var refusal = choice % 2 == 0 ? await FixedIps.ReserveAsync(address, Now, Of("scheduler"), Stop) : await FixedIps.UnreserveAsync(address, Now, Of("scheduler"), Stop);
        Did("reserved", refusal is null);
    }

    private async Task SpawnAsync(int choice)
    {
        var (id, host) = (Guid.NewGuid(), Hosts[choice % Hosts.Length]);
        var spawn = TestLedger.SpawnOf(id, host) with { FloatingPool = choice % 4 == 0 ? Pool : null };
        var outcome = await programs[host].SpawnAsync(spawn, Of(host), Stop);
        Did("spawned", outcome.Refusal is null);
        Did("auto-assigned", outcome.State?.Floatings.Count > 0);
        lock (instances)
        {
            instances.Add(id);
        }
    }

    /// <summary>Mostly one of the youngest, which is still there.</summary>
    private async Task OfInstanceAsync(int choice, Func<InstanceNetwork, int, Task> step)
    {
        Guid? id;
        lock (instances)
        {
            id = instances.Count == 0 ? null : choice % 5 == 0 ? instances[choice % instances.Count] : instances[^(1 + (choice % Math.Min(5, instances.Count)))];
        }

        if (id is { } chosen && (await ledger.Queries.InstanceAsync(chosen, Stop))?.State is { Host: not null } state)
        {
            await step(state, choice);
        }
    }

    /// <summary>Its hosts do what they have to: all, or only the first.</summary>
    private async Task FollowAsync(InstanceNetwork state, int choice)
    {
        var all = await ledger.Queries.NetworksAsync(Stop);
        var following = state.HostsToFollow(all.Select(summary => summary.Network));
        foreach (var host in following.Take(choice % 3 == 0 ? 1 : following.Count))
        {
            var outcome = state.Status switch
            {
                InstanceStatus.Releasing => await programs[host].ReleasedAsync(state.InstanceId, choice % 2 == 0, Now, Of(host), Stop),
                InstanceStatus.Moving => await programs[host].LeftAsync(state.InstanceId, true, Now, Of(host), Stop),
                _ => await programs[host].ConfiguredAsync(state.InstanceId, state.Generation, choice % 2 == 0, Now, Of(host), Stop),
            };
            Did("configured", outcome.State?.Status == InstanceStatus.Configured);
            Did("released", outcome.State?.Status == InstanceStatus.Released);
        }
    }

    private async Task AddressAsync(InstanceNetwork state, int choice)
    {
        var (host, address) = (state.Host!, state.Ports.Count > 1 ? state.Ports[choice % state.Ports.Count].Address.ToString() : "");
        var outcome = state.Ports.Count > 1 && choice % 2 == 0
            ? await programs[host].RemoveFixedIpAsync(new RemoveFixedIp(state.InstanceId, host, address, null, Now), Of(host), Stop)
            : await programs[host].AddFixedIpAsync(new AddFixedIp(state.InstanceId, host, $"net-{1 + (choice % networks)}", null, Guid.NewGuid(), Now), Of(host), Stop);
        Did("address added or removed", outcome.Refusal is null);
    }

    private async Task AssociateAsync(InstanceNetwork state, int choice)
    {
        var named = choice % 2 == 0 ? $"203.0.113.{1 + (choice % 14)}" : null;
        var outcome = await programs[state.Host!].AssociateAsync(new AssociateFloating(state.InstanceId, Project, named, Pool, null, -1, Now), Of(state.Host!), Stop);
        Did("associated", outcome.Refusal is null);
        if (choice % 5 == 0 && outcome is { Refusal: null })
        {
            await programs[state.Host!].WithdrawnFloatingAsync(state.InstanceId, outcome.State!.Generation, Now, Of(state.Host!), Stop);
        }
    }

    private async Task DisassociateAsync(InstanceNetwork state, int choice)
    {
        if (state.Floatings.Count > 0)
        {
            var address = state.Floatings[choice % state.Floatings.Count].Address;
            var outcome = await programs[state.Host!].DisassociateAsync(new DisassociateFloating(state.InstanceId, address, $"request-{choice}", Now), Of(state.Host!), Stop);
            Did("disassociated", outcome.Refusal is null);
        }
    }

    /// <summary>A project gets a floating IP, or gives one back; the pool gets a second range, and loses it.</summary>
    private async Task GiveAsync(int choice)
    {
        var (scheduler, range) = (Of("scheduler"), "203.0.113.64/30");
        _ = (choice % 4) switch
        {
            0 => (object)await Floatings.AllocateAsync(new AllocateFloating(Project, Pool, -1, Now), scheduler, Stop),
            1 => await Floatings.ReleaseAsync($"203.0.113.{1 + (choice % 14)}", Project, Now, scheduler, Stop),
            2 => await Floatings.CreateAsync(new CreateFloatingRange(range, "other", "eth7", Now), scheduler, Stop),
            _ => await Floatings.DeleteAsync(range, Now, scheduler, Stop),
        };
    }

    /// <summary>The next step of a move. One in two arrives elsewhere than it was to: it was broken off, or has come back.</summary>
    private async Task MoveAsync(InstanceNetwork state, int choice)
    {
        var (source, next) = (state.Host!, Hosts[(Array.IndexOf(Hosts, state.Host!) + 1) % Hosts.Length]);
        if (state.Status == InstanceStatus.Away)
        {
            var destination = choice % 2 == 0 ? next : source;
            var outcome = await programs[destination].ArriveAsync(new MoveInstance(state.InstanceId, destination, Now), Of(destination), Stop);
            Did(destination == source ? "arrived" : "broken off", outcome.Refusal is null);
            return;
        }

        await programs[source].LeaveAsync(new MoveInstance(state.InstanceId, next, Now), Of(source), Stop);
        if (choice % 3 > 0)
        {
            await programs[source].LeftAsync(state.InstanceId, true, Now, Of(source), Stop);
        }
    }

    private async Task DeleteAsync(InstanceNetwork state, int choice)
    {
        await programs[state.Host!].DeleteAsync(state.InstanceId, Now, Of(state.Host!), Stop);
        if (choice % 2 == 0 && await ledger.Queries.InstanceAsync(state.InstanceId, Stop) is { } deleted)
        {
            await FollowAsync(deleted.State, choice);
        }
    }

    private Task LeaseAsync(InstanceNetwork state, int choice) => FixedIps.LeasesSeenAsync(
        [.. state.Ports.Select(port => new LeaseSeen(port.Address, port.Mac, state.Host!, choice % 2 == 0 ? Now.AddYears(1) : null, Now.AddSeconds(choice)))], Stop);

    /// <summary>A network of one host gets one, is drained from it step by step, or taken from it because it is dead.</summary>
    private async Task ServeAsync(int choice)
    {
        var single = (await ledger.Queries.NetworksAsync(Stop)).Select(summary => summary.Network).Where(one => !one.MultiHost).ToList();
        var (network, host) = (single[choice % single.Count], Hosts[choice / 2 % Hosts.Length]);
        var signs = (await ledger.NetworkHosts.ReadAsync(Stop)).Hosts.ToDictionary(one => one.Host, one => one.LastSeen);
        Task<IReadOnlyList<NetworkMove>> CarryAsync(MoveKind kind) =>
            ledger.NetworkHosts.CarryAsync([new NetworkMove(network.Id, network.Host, host, "story", kind)], signs, Now, Of("scheduler"), Stop);

        switch (network)
        {
            case { Host: null }:
                Did("placed", (await CarryAsync(MoveKind.Place)).Count > 0);
                break;
            case { Move: { IsReady: true } }:
                Did("given over", (await ledger.NetworkHosts.YieldAsync([network.Id], network.Host, Now, Stop)).Count > 0);
                break;
            case { Move.To: { } next }:
                await ledger.NetworkHosts.ReadyAsync([network.Id], next, Now, Stop);
                break;
            case { Host: { } serving } when choice % 3 == 0:
                var standings = Hosts.Select(one => new HostStanding(one, true, TimeSpan.Zero, TimeSpan.Zero, true, false)).ToList();
                Did("drained", await ledger.NetworkHosts.DrainAsync(serving, standings, Now, Of("scheduler"), Stop) is NovaNetBus.Domain.Decision<NetworkMove>.Accepted);
                break;
            default:
                Did("taken over", (await CarryAsync(MoveKind.TakeOver)).Count > 0);
                break;
        }
    }

    /// <summary>A worker starts, each time with other options.</summary>
    private Task JoinAsync(string host) => ledger.Hosts.JoinAsync(
        host, TestLedger.Settings with { LeaseSeconds = 3600 + Interlocked.Increment(ref settings) }, "/var/lib/novanet", Now, Stop);

    private async Task ForgetAsync(string host) => Did(
        "forgotten", await ledger.Program.GetRequiredService<HostRetirement>().ForgetAsync(host, Now.AddYears(1), Now, Of("scheduler"), Stop) is NovaNetBus.Domain.Decision<InstanceNetwork>.Accepted);
}

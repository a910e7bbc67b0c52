using System.Text;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>Asks on a wire, many times a second, who has some addresses, and keeps every ARP frame in which anybody says that it has, in the order in which they came.</summary>
internal sealed class ArpWatch : IAsyncDisposable
{
    private const int SenderMac = 22, SenderIp = 28, TargetIp = 38, End = 42;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly FrameSocket nic;
    private readonly Task asking;

    /// <param name="place">Who asks, by its eth0.</param>
    /// <param name="mac">Of that NIC.</param>
    /// <param name="own">Its address.</param>
    /// <param name="addresses">Of which it asks.</param>
    public ArpWatch(NetworkNamespace place, MacAddress mac, string own, params string[] addresses)
    {
        nic = new FrameSocket(place, "eth0");
        asking = AskAsync([.. addresses.Select(address => Frames.ArpRequest(mac, mac, Ipv4.Parse(own), Ipv4.Parse(address), "watch"))]);
    }

    /// <summary>Whoever claimed the address, one after the other: nobody twice in a row, and somebody twice only when another came between.</summary>
    public IReadOnlyList<string> HoldersOf(string address)
    {
        var holders = new List<string>();
        foreach (var frame in ClaimsOf(address))
        {
            var mac = string.Join(':', frame[SenderMac..SenderIp].Select(letter => ((int)letter).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
            if (holders.LastOrDefault() != mac)
            {
                holders.Add(mac);
            }
        }

        return holders;
    }

    /// <summary>True when this host has told of the address without being asked.</summary>
    public bool HasAnnounced(MacAddress holder, string address) => ClaimsOf(address).Any(frame =>
        frame.Contains(Frames.ArpAnswer(holder, Ipv4.Parse(address)), StringComparison.Ordinal) && frame[TargetIp..End] == frame[SenderIp..(SenderIp + 4)]);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await asking;
        nic.Dispose();
        stop.Dispose();
    }

    private IReadOnlyList<string> ClaimsOf(string address)
    {
        var sender = Encoding.Latin1.GetString(System.Net.IPAddress.Parse(address).GetAddressBytes());
        lock (gate)
        {
            return [.. nic.Seen().Where(frame => frame.Length >= End && frame[12..14] == "\x08\x06" && frame[SenderIp..(SenderIp + 4)] == sender)];
        }
    }

    private async Task AskAsync(byte[][] questions)
    {
        using var timer = new PeriodicTimer(Pace);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                lock (gate)
                {
                    nic.Send(questions);
                    nic.Seen();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the way to end it
        }
    }
}

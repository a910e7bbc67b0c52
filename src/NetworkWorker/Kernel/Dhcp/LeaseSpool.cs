using System.Globalization;
using System.Text;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.NetworkWorker.Kernel.Dhcp;

/// <summary>What dnsmasq told of one lease.</summary>
/// <param name="ExpiresAt">UTC; null: the lease has ended.</param>
/// <param name="At">UTC, when, as far as it can be known.</param>
internal sealed record LeaseLine(Ipv4 Address, MacAddress Mac, DateTimeOffset? ExpiresAt, DateTimeOffset At);

/// <summary>Lines that were read from a file, and how far it is read with them.</summary>
internal sealed record LeaseReading(IReadOnlyList<LeaseLine> Lines, string File, long Position);

/// <summary>
/// The file to which one dnsmasq's lease script appends a line for each event, whether a worker runs or not. How far it was recorded stands in a file beside it, so that each
/// line is told once, or again after a crash, but never lost. A file that has grown is set aside, and deleted when it has been read and nothing has come to it for a while: a
/// script may have opened it just before.
/// </summary>
internal sealed class LeaseSpool(string folder)
{
    /// <summary>
    /// It knows its place by its own name: no value of ours or of a client's is part of it. dnsmasq calls it with the event, the MAC address and the fixed IP, and tells the
    /// rest by the environment.
    /// </summary>
    public const string Script = """
        #!/bin/sh
        # Written by novanet-worker, and called by dnsmasq for each lease that begins, goes on or ends. The worker reads what this writes.
        case $1 in
          add | old | del) printf '%s %s %s %s %s\n' "$1" "$2" "$3" "${DNSMASQ_LEASE_EXPIRES:-0}" "${DNSMASQ_TIME_REMAINING:-0}" >> "${0%/*}/lease-events" ;;
        esac

        """;

    private const long LargestFile = 64 * 1024;
    private const int LargestReading = 1024 * 1024;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly string events = Path.Combine(folder, "lease-events");
    private readonly Dictionary<string, (long Length, DateTime Changed)> looked = [];

    private string Aside => events + ".aside";

    /// <summary>
    /// What has come since <see cref="Done"/>, file by file, the oldest first; ask again until there is nothing. Costs hardly anything while there is nothing, or nobody
    /// writes here any more.
    /// </summary>
    public LeaseReading? Read(DateTimeOffset now)
    {
        try
        {
            return Read(Aside, now) ?? Read(events, now);
        }
        catch (IOException)
        {
            return null; // the network has gone from this host meanwhile, with its files
        }
    }

    /// <summary>The lines of this reading are recorded.</summary>
    public void Done(LeaseReading reading, DateTimeOffset now)
    {
        try
        {
            File.WriteAllText(PositionOf(reading.File), reading.Position.ToString(CultureInfo.InvariantCulture));
            TurnOver(now);
        }
        catch (IOException)
        {
            // as above
        }
    }

    private LeaseReading? Read(string file, DateTimeOffset now)
    {
        var stat = new FileInfo(file);
        if (!stat.Exists || looked.GetValueOrDefault(file) == (stat.Length, stat.LastWriteTimeUtc))
        {
            return null;
        }

        var from = ReadPosition(file) is var position && position <= stat.Length ? position : 0;
        var text = ReadLines(file, from);
        if (text.Length == 0)
        {
            looked[file] = (stat.Length, stat.LastWriteTimeUtc);
            return null;
        }

        return new LeaseReading([.. text.Split('\n').Select(line => Parse(line, now)).OfType<LeaseLine>()], file, from + text.Length);
    }

    private void TurnOver(DateTimeOffset now)
    {
        var (aside, current) = (new FileInfo(Aside), new FileInfo(events));
        if (!aside.Exists && current.Exists && current.Length > LargestFile && ReadPosition(events) == current.Length)
        {
            File.Move(PositionOf(events), PositionOf(Aside), overwrite: true); // first: the same lines once more are better than none of the next
            File.Move(events, Aside);
        }
        else if (aside.Exists && ReadPosition(Aside) == aside.Length && now - aside.LastWriteTimeUtc > Quiet)
        {
            File.Delete(Aside);
            File.Delete(PositionOf(Aside));
        }
    }

    /// <summary>Whole lines only; all of it is ASCII, so that characters are bytes.</summary>
    private static string ReadLines(string file, long from)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = from;
        var bytes = new byte[(int)Math.Min(stream.Length - from, LargestReading)];
        var text = Encoding.ASCII.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        return text[..(text.LastIndexOf('\n') + 1)];
    }

    /// <summary>Null for what is no line of ours.</summary>
    private static LeaseLine? Parse(string line, DateTimeOffset now)
    {
        var fields = line.Split(' ');
        if (fields.Length != 5 || !MacAddress.TryParse(fields[1], out var mac) || !Ipv4.TryParse(fields[2], out var address)
            || !TryParse(fields[3], out var expires) || !TryParse(fields[4], out var remaining))
        {
            return null;
        }

        var end = DateTimeOffset.FromUnixTimeSeconds(expires);
        return fields[0] == "del"
            ? new LeaseLine(address, mac, null, expires > 0 && end < now ? end : now)
            : expires == 0 ? null : new LeaseLine(address, mac, end, end.AddSeconds(-remaining) is var told && told < now ? told : now);
    }

    /// <summary>Seconds, of a time or until one, that a date can hold.</summary>
    private static bool TryParse(string text, out long seconds) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    private static string PositionOf(string file) => file + ".position";

    private static long ReadPosition(string file) => File.Exists(PositionOf(file))
        && long.TryParse(File.ReadAllText(PositionOf(file)), NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : 0;
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>The system's ping, from a namespace.</summary>
internal sealed partial class Pinging
{
    private readonly Process process;
    private readonly Task<string> output;

    private Pinging(NetworkNamespace from, string to, int count, double interval)
    {
        string[] arguments = ["-n", "-c", count.ToString(CultureInfo.InvariantCulture), "-i", interval.ToString(CultureInfo.InvariantCulture), "-W", "1", to];
        process = from.Run(() => Process.Start(new ProcessStartInfo("ping", arguments) { RedirectStandardOutput = true })!);
        output = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Begins; goes on while other things happen.</summary>
    public static Pinging Start(NetworkNamespace from, string to, int count, double interval = 0.01) => new(from, to, count, interval);

    /// <summary>True when one of three is answered.</summary>
    public static bool Reaches(NetworkNamespace from, string to) => new Pinging(from, to, 3, 0.2).Received > 0;

    /// <summary>How many were not answered, when all were sent.</summary>
    public int Lost => Totals(1) - Totals(2);

    private int Received => Totals(2);

    private int Totals(int group)
    {
        process.WaitForExit();
        return int.Parse(Summary().Match(output.Result).Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(\d+) packets transmitted, (\d+) received")]
    private static partial Regex Summary();
}

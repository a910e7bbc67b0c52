using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Log;

/// <summary>Reads an export again and finds where its chain is broken.</summary>
internal sealed class ExportCheck(string path)
{
    private readonly ExportChain _chain = new();
    private readonly List<VerifyDifference> _differences = [];

    /// <summary>Lines read so far.</summary>
    public long Lines { get; private set; }

    /// <summary>
    /// Reads it all. A changed line, and one whose predecessor is missing or was put in, is a difference. That the last lines are missing only <paramref name="lastHash"/> can tell.
    /// Throws <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>.
    /// </summary>
    /// <param name="lastHash">The one that was told when the export was made; null: not known.</param>
    public async Task<VerifyReport> Run(string? lastHash, TimeProvider clock, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        var (number, format) = (0L, (ExportFormat?)null);
        await foreach (var line in File.ReadLinesAsync(path, stop))
        {
            number++;
            format ??= ExportFormat.OfFile(line);
            if (number > 1 || line != format.Head)
            {
                Check(format, line, number);
            }
        }

        if (lastHash is not null && !lastHash.Equals(_chain.Last, StringComparison.OrdinalIgnoreCase))
        {
            _differences.Add(new VerifyDifference($"{path}: the last line", lastHash, _chain.Last));
        }

        return new VerifyReport(Lines, Lines, clock.GetElapsedTime(started).TotalSeconds, _differences, _chain.Last);
    }

    private void Check(ExportFormat format, string linked, long number)
    {
        Lines++;
        var split = format.Split(linked);
        var expected = _chain.Next(split?.Line ?? linked);
        if (split?.Hash != expected)
        {
            _differences.Add(new VerifyDifference($"{path}, line {number}", expected, split?.Hash));
            _chain.GoOnFrom(split?.Hash ?? expected);
        }
    }
}

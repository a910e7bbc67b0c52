using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NovaNetBus.Cli.Log;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary><c>events verify</c> and <c>events replay</c>: long work on the whole log, done by the tool itself.</summary>
internal static class LogWorkCommands
{
    private static readonly Column<VerifyDifference>[] Columns =
    [
        new("WHERE", row => Printable.OneLine(row.Where)),
        new("EXPECTED", row => Printable.OneLine(row.Expected ?? ""), Rank: 1),
        new("FOUND", row => Printable.OneLine(row.Found ?? ""), Rank: 2),
    ];

    /// <summary>verify.</summary>
    public static Verb Verify(Conversation conversation)
    {
        var export = Arguments.Text("--export", "FILE", "Check the hash chain of this export instead; no connection is needed");
        var lastHash = Arguments.Text("--last-hash", "HASH", "The last hash that was told when the export was made: without it, lines missing at the end are not found");
        var verify = new Verb(
            "verify", "Make all read models anew from the log alone and compare, or check an export; ends with 1 when there is a difference",
            "novanet events verify", "novanet events verify --export log.jsonl")
        {
            export,
            lastHash,
        };
        verify.Validators.Add(given =>
        {
            if (given.GetValue(lastHash) is not null && given.GetValue(export) is null)
            {
                given.AddError("--last-hash belongs to --export FILE");
            }
        });
        verify.SetAction((parsed, stop) => conversation.CarryOut(async () =>
        {
            var report = parsed.GetValue(export) is { } file
                ? await Check(conversation, file, parsed.GetValue(lastHash), stop)
                : await WithProgress(conversation, told => conversation.Surroundings.Log.Verify(told, stop));
            conversation.Show(parsed, JsonSerializer.SerializeToElement(report, AdminJson.Default.VerifyReport), (streams, _) => Write(streams, report));
            return report.Differences.Count == 0 ? ExitCodes.Done : ExitCodes.Refused;
        }));
        return verify;
    }

    /// <summary>replay.</summary>
    public static Verb Replay(Conversation conversation)
    {
        var into = Arguments.Required("--into", "CONNECTION", "Npgsql connection string of an empty database");
        var replay = new Verb(
            "replay", "Fill an empty store with the same world, from the log alone; ends with 1 when the hosts' plans from both differ",
            "novanet events replay --into 'Host=127.0.0.1;Database=copy;Username=novanet'")
        {
            into,
        };
        replay.SetAction((parsed, stop) => conversation.CarryOut(async () =>
        {
            var report = await WithProgress(conversation, told => conversation.Surroundings.Log.Replay(parsed.GetValue(into)!, told, stop));
            conversation.Show(parsed, JsonSerializer.SerializeToElement(report, AdminJson.Default.ReplayReport), (streams, _) => Write(streams, report));
            return report.Differences.Count == 0 ? ExitCodes.Done : ExitCodes.Refused;
        }));
        return replay;
    }

    private static async Task<VerifyReport> Check(Conversation conversation, string file, string? lastHash, CancellationToken stop)
    {
        var check = new ExportCheck(file);
        try
        {
            return await conversation.Progress.Working(check.Run(lastHash, conversation.Surroundings.Clock, stop), () => $"{check.Lines} lines");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException(ErrorCodes.InvalidRequest, $"{file} cannot be read: {unreadable.Message}");
        }
    }

    private static Task<T> WithProgress<T>(Conversation conversation, Func<Action<long>, Task<T>> work)
    {
        var read = 0L;
        return conversation.Progress.Working(Task.Run(() => work(events => Volatile.Write(ref read, events))), () => $"{Volatile.Read(ref read)} events");
    }

    private static void Write(Streams streams, VerifyReport report)
    {
        WriteDifferences(streams, report.Differences);
        streams.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Events} events, {report.Documents} records compared, {report.Seconds:0.0} s: {Told(report.Differences)}.{(report.LastHash is null ? "" : $" Last hash: {report.LastHash}")}"));
    }

    private static void Write(Streams streams, ReplayReport report)
    {
        WriteDifferences(streams, report.Differences);
        streams.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Events} events made {report.Documents} records in {Printable.Of(report.Into)}, {report.Seconds:0.0} s: {Told(report.Differences)}."));
    }

    private static void WriteDifferences(Streams streams, IReadOnlyList<VerifyDifference> differences)
    {
        if (differences.Count > 0)
        {
            Table.Write(streams, differences, Columns, "");
        }
    }

    private static string Told(IReadOnlyList<VerifyDifference> differences) => differences.Count switch
    {
        0 => "no difference",
        1 => "1 difference",
        var several => several.ToString(CultureInfo.InvariantCulture) + " differences",
    };
}

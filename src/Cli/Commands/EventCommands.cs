using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NovaNetBus.Cli.Log;
using NovaNetBus.Cli.Output;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>events</c>: the log of all that happened.</summary>
internal static class EventCommands
{
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>What --follow shows of the past when nothing is said.</summary>
    private const int NewestBeforeFollowing = 10;

    private static readonly Column<EventRow>[] Columns =
    [
        new("SEQUENCE", row => Printable.Of(row.Sequence), Rank: 1),
        new("AT", row => Printable.Of(row.At)),
        new("TYPE", row => Printable.Of(row.Type)),
        new("STREAM", row => Printable.Of(row.Stream), Rank: 2),
        new("HOST", row => Printable.Of(row.Host), Rank: 3),
        new("USER", row => Printable.Of(row.User), Rank: 4),
        new("CORRELATION", row => Printable.Of(row.CorrelationId), Rank: 5),
        new("CAUSATION", row => Printable.Of(row.CausationId), Rank: 6),
    ];

    /// <summary>list, export, verify and replay.</summary>
    public static Command Group(Conversation conversation) => new("events", "Read, follow, export, verify and replay the log of all that happened")
    {
        List(conversation),
        Export(conversation),
        LogWorkCommands.Verify(conversation),
        LogWorkCommands.Replay(conversation),
    };

    private static Verb List(Conversation conversation)
    {
        var limit = Arguments.Number("--limit", "N", "Only the last N; when left out, 1000", 1, 10_000);
        var follow = Arguments.Flag("--follow", "Go on with what happens, until interrupted; as JSON, one document a line");
        var list = new Verb(
            "list", "List events, oldest first", "novanet events list --since 10m", "novanet events list --instance 6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f --output json",
            "novanet events list --follow --host compute-1");
        Filters(conversation).ForEach(list.Add);
        list.Add(limit);
        list.Add(follow);
        list.SetAction((parsed, stop) =>
        {
            var given = AdminCommand.Given(list, parsed);
            return given.Remove("follow")
                ? conversation.CarryOut(() => Follow(conversation, parsed, given, stop))
                : conversation.CarryOut(() => ListOnce(conversation, parsed, given, stop));
        });
        return list;
    }

    private static async Task<int> ListOnce(Conversation conversation, ParseResult parsed, Dictionary<string, string?> given, CancellationToken stop)
    {
        var result = await conversation.Progress.WaitingFor("the scheduler", conversation.Answer(parsed, new AdminRequest("events list", given), stop));
        conversation.Show(parsed, result, Result.Table(json => json.EventRowArray, Columns, "No events."));
        if (!given.ContainsKey("limit") && result.ValueKind == JsonValueKind.Array && result.GetArrayLength() == EventPages.Size)
        {
            conversation.Surroundings.Streams.Error.WriteLine("Only the last 1000: --since, --until and --limit choose others, and 'novanet events export' writes all.");
        }

        return ExitCodes.Done;
    }

    private static Verb Export(Conversation conversation)
    {
        var format = Arguments.Choice("--format", "JSON documents, one a line, or comma-separated values", "jsonl", "jsonl", "csv");
        var export = new Verb(
            "export", "Write the whole log, or what matches, for others to keep and read", "novanet events export > log.jsonl",
            "novanet events export --format csv --since 2026-11-01 --project demo > november.csv");
        Filters(conversation).ForEach(export.Add);
        export.Add(format);
        export.SetAction((parsed, stop) => conversation.CarryOut(() =>
        {
            var given = AdminCommand.Given(export, parsed);
            given.Remove("format");
            return Export(conversation, new EventPages(conversation, parsed, given), ExportFormat.Of(parsed.GetValue(format)!), stop);
        }));
        return export;
    }

    private static List<Option> Filters(Conversation conversation) =>
    [
        Arguments.Time("--since", "Only from then on", conversation.Surroundings.Clock),
        Arguments.Time("--until", "Only until then", conversation.Surroundings.Clock),
        Arguments.Text("--instance", "ID", "Only those about this instance"),
        Arguments.Text("--address", "IP", "Only those about this address"),
        Arguments.Text("--project", "PROJECT", "Only those about this project"),
        Arguments.Text("--host", "HOST", "Only those about this host"),
        Arguments.Text("--network", "NETWORK", "Only those about this network: id, label or CIDR"),
        Arguments.Text("--type", "TYPE", "Only those of this type, e.g. fixed-ip-allocated"),
    ];

    private static async Task<int> Follow(Conversation conversation, ParseResult parsed, Dictionary<string, string?> given, CancellationToken stop)
    {
        var limit = given.Remove("limit", out var asked) ? Arguments.NumberOf(asked) : NewestBeforeFollowing;
        var pages = new EventPages(conversation, parsed, given);
        var rows = asked is null && given.ContainsKey("since") ? await pages.Next(stop) : await pages.Newest(limit, stop);
        while (true)
        {
            foreach (var row in rows)
            {
                conversation.Surroundings.Streams.Out.WriteLine(conversation.WantsJson(parsed) ? ExportFormat.Json(row) : Line(row));
            }

            if (rows.Length < EventPages.Size)
            {
                await Task.Delay(PauseBetweenLooks, conversation.Surroundings.Clock, stop);
            }

            rows = await pages.Next(stop);
        }
    }

    private static async Task<int> Export(Conversation conversation, EventPages pages, ExportFormat format, CancellationToken stop)
    {
        var (output, chain, written) = (conversation.Surroundings.Streams.Out, new ExportChain(), 0L);
        await conversation.Progress.Working(Write(), () => $"{written} events, the last is {pages.Last}");
        conversation.Surroundings.Streams.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written} events; the last hash is {chain.Last}"));
        return ExitCodes.Done;

        async Task<long> Write()
        {
            if (format.Head is { } head)
            {
                await output.WriteLineAsync(head);
            }

            EventRow[] rows;
            do
            {
                rows = await pages.Next(stop);
                foreach (var line in rows.Select(format.Line))
                {
                    await output.WriteLineAsync(format.WithHash(line, chain.Next(line)));
                }

                written += rows.Length;
            }
            while (rows.Length == EventPages.Size);
            return written;
        }
    }

    private static string Line(EventRow row) =>
        $"{Printable.Of(row.At)}  {Printable.Of(row.Sequence),8}  {Printable.Of(row.Type),-28}  {Printable.Of(row.Host),-12}  {Printable.Of(row.Stream)}";
}

using System.CommandLine;
using System.Globalization;
using NovaNetBus.Cli.Commands;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Log;

/// <summary>The log as the scheduler answers it: page by page, each asked for with the last sequence seen.</summary>
/// <param name="filters">Arguments of <c>events list</c>, but for <c>after</c> and <c>limit</c>.</param>
internal sealed class EventPages(Conversation conversation, ParseResult parsed, IReadOnlyDictionary<string, string?> filters)
{
    /// <summary>Events in a page.</summary>
    public const int Size = 1000;

    /// <summary>The sequence of the last event seen; 0: of none.</summary>
    public long Last { get; private set; }

    /// <summary>The next events, oldest first; fewer than <see cref="Size"/> when there are no more at present.</summary>
    public Task<EventRow[]> Next(CancellationToken stop) => Page(new() { ["after"] = Text(Last), ["limit"] = Text(Size) }, stop);

    /// <summary>The last events that match, oldest first.</summary>
    public Task<EventRow[]> Newest(int limit, CancellationToken stop) => Page(new() { ["limit"] = Text(limit) }, stop);

    private async Task<EventRow[]> Page(Dictionary<string, string?> place, CancellationToken stop)
    {
        var request = new AdminRequest("events list", filters.Concat(place).ToDictionary());
        var rows = Result.Rows(await conversation.Answer(parsed, request, stop), AdminJson.Default.EventRowArray);
        Last = rows.Length > 0 ? rows[^1].Sequence : Last;
        return rows;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

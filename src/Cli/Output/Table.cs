using Spectre.Console;
using Spectre.Console.Rendering;

namespace NovaNetBus.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Header">In capitals.</param>
/// <param name="Value">What it shows of a row, printable.</param>
/// <param name="Rank">0: always shown; of the others the highest gives way first on a narrow terminal.</param>
internal sealed record Column<T>(string Header, Func<T, string> Value, int Rank = 0);

/// <summary>Rows as a table that fits the terminal: columns give way, cells are never wrapped or cut.</summary>
internal static class Table
{
    /// <summary>Writes the table to stdout; of no rows, <paramref name="nothing"/> to stderr.</summary>
    public static void Write<T>(Streams streams, IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns, string nothing)
    {
        if (rows.Count == 0)
        {
            streams.Error.WriteLine(nothing);
            return;
        }

        var cells = columns.ToDictionary(column => column, column => rows.Select(column.Value).ToArray());
        var shown = Fitting(columns, cells, streams.Width);
        Console(streams, WidthOf(shown, cells)).Write(Build(shown, cells, rows.Count, streams.Width is not null));
        if (shown.Count < columns.Count)
        {
            var hidden = columns.Except(shown).Select(column => column.Header.ToLowerInvariant());
            streams.Error.WriteLine($"Not shown on this narrow terminal: {string.Join(", ", hidden)} (all with --output json).");
        }
    }

    private static List<Column<T>> Fitting<T>(IReadOnlyList<Column<T>> columns, Dictionary<Column<T>, string[]> cells, int? width)
    {
        var shown = columns.ToList();
        while (WidthOf(shown, cells) > (width ?? int.MaxValue) && shown.MaxBy(column => column.Rank) is { Rank: > 0 } least)
        {
            shown.Remove(least);
        }

        return shown;
    }

    // A border and two blanks around each column, and the last border.
    private static int WidthOf<T>(List<Column<T>> shown, Dictionary<Column<T>, string[]> cells) =>
        1 + shown.Sum(column => 3 + cells[column].Append(column.Header).Max(text => new Segment(text).CellCount()));

    private static Spectre.Console.Table Build<T>(List<Column<T>> shown, Dictionary<Column<T>, string[]> cells, int rows, bool bordered)
    {
        var table = new Spectre.Console.Table { Border = bordered ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in shown)
        {
            var padding = bordered ? new Padding(1, 0, 1, 0) : new Padding(0, 0, column == shown[^1] ? 0 : 2, 0);
            table.AddColumn(new TableColumn(new Text(column.Header, new Style(decoration: Decoration.Bold))) { NoWrap = true, Padding = padding });
        }

        for (var row = 0; row < rows; row++)
        {
            table.AddRow(shown.Select(column => new Text(cells[column][row])));
        }

        return table;
    }

    private static IAnsiConsole Console(Streams streams, int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = streams.Colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = streams.Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(streams.Out),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}

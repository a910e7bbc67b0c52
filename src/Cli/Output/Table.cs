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
        if (streams.Width is null)
        {
            WritePlain(streams.Out, columns, cells, rows.Count);
            return;
        }

        var shown = Fitting(columns, cells, streams.Width.Value);
        Console(streams, WidthOf(shown, cells)).Write(Build(shown, cells, rows.Count));
        if (shown.Count < columns.Count)
        {
            var hidden = columns.Except(shown).Select(column => column.Header.ToLowerInvariant());
            streams.Error.WriteLine($"Not shown on this narrow terminal: {string.Join(", ", hidden)} (all with --output json).");
        }
    }

    private static void WritePlain<T>(TextWriter output, IReadOnlyList<Column<T>> columns, Dictionary<Column<T>, string[]> cells, int rows)
    {
        var widths = columns.ToDictionary(column => column, column => cells[column].Append(column.Header).Max(text => text.Length));
        Line(column => column.Header);
        for (var row = 0; row < rows; row++)
        {
            Line(column => cells[column][row]);
        }

        void Line(Func<Column<T>, string> cell) => output.WriteLine(string.Join("  ", columns.Select(column => cell(column).PadRight(widths[column]))).TrimEnd());
    }

    private static List<Column<T>> Fitting<T>(IReadOnlyList<Column<T>> columns, Dictionary<Column<T>, string[]> cells, int width)
    {
        var shown = columns.ToList();
        while (WidthOf(shown, cells) > width && shown.MaxBy(column => column.Rank) is { Rank: > 0 } least)
        {
            shown.Remove(least);
        }

        return shown;
    }

    // A border and two blanks around each column, and the last border.
    private static int WidthOf<T>(List<Column<T>> shown, Dictionary<Column<T>, string[]> cells) =>
        1 + shown.Sum(column => 3 + cells[column].Append(column.Header).Max(text => new Segment(text).CellCount()));

    private static Spectre.Console.Table Build<T>(List<Column<T>> shown, Dictionary<Column<T>, string[]> cells, int rows)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.Rounded };
        foreach (var column in shown)
        {
            table.AddColumn(new TableColumn(new Text(column.Header, new Style(decoration: Decoration.Bold))) { NoWrap = true });
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

using Spectre.Console;

namespace NovaNetBus.Simulator.Demo;

/// <summary>Takes the steps, tells each as it goes, and keeps what they showed.</summary>
internal sealed class StepLog(TextWriter output)
{
    private readonly List<Step> _steps = [];

    public DemoReport Report => new(_steps.Count > 0 && _steps.All(s => s.Passed), [.. _steps]);

    /// <returns>False when the step did not hold; the next ones may still be worth taking.</returns>
    public async Task<bool> TakeAsync(string name, Func<Task<Proof>> step, CancellationToken ct)
    {
        var start = TimeProvider.System.GetTimestamp();
        Proof proof;
        try
        {
            proof = await step();
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            proof = new Proof(false, e is SimulatorException ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }

        var taken = new Step(name, proof.Holds, proof.Evidence, (long)TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        _steps.Add(taken);
        output.WriteLine($"{Sign(taken)} {taken.Name} ({taken.Milliseconds} ms)");
        output.WriteLine($"    {taken.Proof}");
        return taken.Passed;
    }

    /// <summary>The table at the end.</summary>
    public void PrintTable()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 160;
        }

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns(new TableColumn(""), new TableColumn("step"), new TableColumn("proof"), new TableColumn("ms").RightAligned());
        foreach (var step in _steps)
        {
            table.AddRow(Sign(step), Markup.Escape(step.Name), Markup.Escape(step.Proof), step.Milliseconds.ToString());
        }

        console.Write(table);
        output.WriteLine($"{_steps.Count(s => s.Passed)} of {_steps.Count} steps held.");
    }

    private static string Sign(Step step) => step.Passed ? "✔" : "✘";
}

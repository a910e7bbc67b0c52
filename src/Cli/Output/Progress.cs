using System.Globalization;

namespace NovaNetBus.Cli.Output;

/// <summary>
/// Tells on stderr that something goes on, from its first second on: on a terminal as a line that is written over and goes away at the end.
/// In a pipe or a file nothing is said of a wait, since scripts take what comes on stderr for a fault; long work of its own says every ten seconds how far it is.
/// </summary>
internal sealed class Progress(Streams streams, TimeProvider clock)
{
    private const string EraseLine = "\r\u001b[K";
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private const int BeatsBetweenLines = 10;

    /// <summary>Waits for a task, saying so.</summary>
    /// <param name="what">Completes "Waiting for …".</param>
    /// <param name="task">Its result, or its failure, is this method's.</param>
    public Task<T> WaitingFor<T>(string what, Task<T> task) => Follow(task, seconds => $"Waiting for {what} … {seconds} s", whenPiped: false);

    /// <summary>Waits for long work, saying how far it is.</summary>
    /// <param name="task">The work.</param>
    /// <param name="state">How far it is, in words; asked once a second.</param>
    public Task<T> Working<T>(Task<T> task, Func<string> state) => Follow(task, seconds => $"{state()} … {seconds} s", whenPiped: true);

    private async Task<T> Follow<T>(Task<T> task, Func<string, string> line, bool whenPiped)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        var beats = 0;
        try
        {
            var tick = timer.WaitForNextTickAsync().AsTask();
            while (await Task.WhenAny(task, tick) == tick)
            {
                beats++;
                Say(line(beats.ToString(CultureInfo.InvariantCulture)), whenPiped && beats % BeatsBetweenLines == 0);
                tick = timer.WaitForNextTickAsync().AsTask();
            }
        }
        finally
        {
            if (beats > 0 && streams.Live)
            {
                streams.Error.Write(EraseLine);
            }
        }

        return await task;
    }

    private void Say(string line, bool whenPiped)
    {
        if (streams.Live)
        {
            streams.Error.Write(EraseLine + line);
            streams.Error.Flush();
        }
        else if (whenPiped)
        {
            streams.Error.WriteLine(line);
        }
    }
}

namespace NovaNetBus.Simulator.Load;

/// <summary>Durations, in milliseconds.</summary>
internal sealed class Timings
{
    private readonly List<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    /// <summary>The smallest time that the given share (0 to 100) of all did not exceed (nearest rank).</summary>
    public double Percentile(double percent)
    {
        if (_milliseconds.Count == 0)
        {
            throw new InvalidOperationException("Nothing was timed.");
        }

        var ordered = _milliseconds.Order().ToList();
        return ordered[Math.Max(0, (int)Math.Ceiling(percent / 100 * ordered.Count) - 1)];
    }
}

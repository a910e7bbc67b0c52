namespace NovaNetBus.Simulator.Namespaces;

/// <summary>Waiting for what the kernel or another process does, always with a bound.</summary>
internal static class Wait
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(10);

    /// <returns>False when the time is up.</returns>
    public static Task<bool> UntilAsync(Func<bool> condition, TimeSpan bound, CancellationToken ct) =>
        UntilAsync(() => Task.FromResult(condition()), bound, ct);

    /// <param name="condition">Asked again and again.</param>
    /// <param name="bound">Gives up after this time.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="pause">Between two questions; null: a short one.</param>
    /// <returns>False when the time is up.</returns>
    public static async Task<bool> UntilAsync(Func<Task<bool>> condition, TimeSpan bound, CancellationToken ct, TimeSpan? pause = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > bound)
            {
                return false;
            }

            await Task.Delay(pause ?? ShortPause, ct);
        }

        return true;
    }
}

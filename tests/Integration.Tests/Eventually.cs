namespace NovaNetBus.Integration.Tests;

/// <summary>Waits for a condition of another process, with a bound.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <param name="longest">Null: 30 s.</param>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, TimeSpan? longest = null)
    {
        using var bound = new CancellationTokenSource(longest ?? Bound);
        while (!await condition())
        {
            if (bound.IsCancellationRequested)
            {
                throw new TimeoutException($"In {(longest ?? Bound).TotalSeconds} s it never came true that {what}.");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    public static Task HoldsAsync(string what, Func<bool> condition, TimeSpan? longest = null) => HoldsAsync(what, () => Task.FromResult(condition()), longest);
}

namespace NovaNetBus.Integration.Tests;

/// <summary>Waits for a condition of another process, with a bound.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static async Task HoldsAsync(string what, Func<Task<bool>> condition)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!await condition())
        {
            if (bound.IsCancellationRequested)
            {
                throw new TimeoutException($"In {Bound.TotalSeconds} s it never came true that {what}.");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    public static Task HoldsAsync(string what, Func<bool> condition) => HoldsAsync(what, () => Task.FromResult(condition()));
}

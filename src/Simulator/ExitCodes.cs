namespace NovaNetBus.Simulator;

/// <summary>The same as those of <c>novanet</c>.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int Usage = 2;
    public const int NoConnection = 3;
}

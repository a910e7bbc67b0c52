namespace NovaNetBus.Cli;

/// <summary>What <c>novanet</c> ends with; scripts rely on these.</summary>
internal static class ExitCodes
{
    /// <summary>The command was carried out.</summary>
    public const int Done = 0;

    /// <summary>The domain refused it; its code and message are on stderr.</summary>
    public const int Refused = 1;

    /// <summary>The command line cannot be understood; nothing was asked.</summary>
    public const int Usage = 2;

    /// <summary>The broker cannot be reached, or no scheduler answered in time.</summary>
    public const int NoConnection = 3;

    /// <summary>Interrupted (Ctrl-C), as shells number it.</summary>
    public const int Interrupted = 130;
}

namespace NovaNetBus.Hosting.Options;

/// <summary>What the sources gave: the options, or the faults that stand against them.</summary>
/// <param name="Options">Null when there are faults.</param>
/// <param name="Values">Every option with its effective value and source, as <c>config show</c> prints them.</param>
/// <param name="Unused">Keys of the configuration file that are not ours.</param>
/// <param name="Faults">One line each, naming the option.</param>
public sealed record OptionReading(
    NovaNetOptions? Options,
    IReadOnlyList<EffectiveOption> Values,
    IReadOnlyList<string> Unused,
    IReadOnlyList<string> Faults);

/// <summary>An option's value and where it came from.</summary>
/// <param name="Value">As text, <c>$names</c> replaced; list items joined by commas; null: not set.</param>
/// <param name="Source">default, appsettings.json, config file FILE, environment NAME or command line.</param>
public sealed record EffectiveOption(string Name, string? Value, string Source);

/// <summary>Where options are read from.</summary>
/// <param name="Arguments">The program's command line.</param>
/// <param name="Environment">Environment variables.</param>
/// <param name="HttpListen">The program's own default of http_listen.</param>
/// <param name="SettingsFiles">appsettings.json files, the later before the earlier; absent ones are passed over.</param>
public sealed record OptionSources(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string HttpListen,
    IReadOnlyList<string> SettingsFiles)
{
    /// <summary>This process's environment, and the appsettings.json beside the program and in the working directory.</summary>
    public static OptionSources OfProcess(IReadOnlyList<string> arguments, string httpListen)
    {
        var environment = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        string[] files = [Path.Combine(AppContext.BaseDirectory, "appsettings.json"), Path.Combine(System.Environment.CurrentDirectory, "appsettings.json")];
        return new OptionSources(arguments, environment, httpListen, [.. files.Distinct()]);
    }
}

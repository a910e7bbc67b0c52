namespace NovaNetBus.Hosting.Options;

/// <summary><c>--option value</c> and <c>--option=value</c>, dashes or underscores; a flag may stand alone. Anything else is a fault.</summary>
internal sealed record CommandLine(IReadOnlyDictionary<string, List<string>> Options, IReadOnlyList<string> ConfigFiles)
{
    private const string ConfigFile = "config_file";

    public static CommandLine Read(IReadOnlyList<string> arguments, List<string> faults)
    {
        var options = new Dictionary<string, List<string>>();
        var files = new List<string>();
        for (var at = 0; at < arguments.Count; at++)
        {
            if (!arguments[at].StartsWith("--", StringComparison.Ordinal))
            {
                faults.Add($"command line: '{arguments[at]}' is not an option");
                continue;
            }

            var (name, value) = Split(arguments[at]);
            var entry = OptionTable.Find(name);
            if (entry is null && name != ConfigFile)
            {
                faults.Add($"{name}: no such option (command line)");
                at += value is null && at + 1 < arguments.Count && !IsOption(arguments[at + 1]) ? 1 : 0;
                continue;
            }

            if (value is null && at + 1 < arguments.Count && !IsOption(arguments[at + 1]))
            {
                value = arguments[++at];
            }

            value ??= entry is { IsFlag: true } ? "true" : null;
            if (value is null)
            {
                faults.Add($"{name}: needs a value (command line)");
            }
            else if (entry is null)
            {
                files.Add(value);
            }
            else
            {
                Add(options, entry, value);
            }
        }

        return new CommandLine(options, files);
    }

    private static bool IsOption(string argument) => argument.StartsWith("--", StringComparison.Ordinal);

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=');
        var name = equals < 0 ? argument[2..] : argument[2..equals];
        return (name.Replace('-', '_'), equals < 0 ? null : argument[(equals + 1)..]);
    }

    private static void Add(Dictionary<string, List<string>> options, OptionEntry entry, string value)
    {
        if (entry.IsList && options.TryGetValue(entry.Name, out var list))
        {
            list.Add(value);
        }
        else
        {
            options[entry.Name] = [value];
        }
    }
}

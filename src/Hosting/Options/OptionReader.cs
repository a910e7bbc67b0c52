using Microsoft.Extensions.Configuration;

namespace NovaNetBus.Hosting.Options;

/// <summary>
/// Reads all options from their sources, later ones winning: defaults, appsettings.json, <c>--config-file</c>, environment, command line.
/// All faults are told at once.
/// </summary>
public static class OptionReader
{
    private const string EnvironmentPrefix = "NOVANET_";

    /// <summary>Never throws for what a user wrote: that is a fault in the result.</summary>
    public static OptionReading Read(OptionSources sources)
    {
        var faults = new List<string>();
        var command = CommandLine.Read(sources.Arguments, faults);
        var given = new Dictionary<string, RawOption>();
        var file = new Dictionary<string, string>();
        TakeSettings(sources.SettingsFiles, given, faults);
        foreach (var path in command.ConfigFiles)
        {
            TakeConfigFile(path, given, file, faults);
        }

        foreach (var entry in OptionTable.Entries)
        {
            var variable = EnvironmentPrefix + entry.Name.ToUpperInvariant();
            if (sources.Environment.TryGetValue(variable, out var text))
            {
                given[entry.Name] = new RawOption([text], "environment " + variable);
            }
        }

        foreach (var (name, texts) in command.Options)
        {
            given[name] = new RawOption(texts, "command line");
        }

        return Resolve(sources, given, file, faults);
    }

    private static OptionReading Resolve(
        OptionSources sources, Dictionary<string, RawOption> given, Dictionary<string, string> file, List<string> faults)
    {
        var substitution = new Substitution(given, file, sources.HttpListen);
        var options = new NovaNetOptions();
        var values = new List<EffectiveOption>();
        foreach (var entry in OptionTable.Entries)
        {
            var source = given.TryGetValue(entry.Name, out var raw) ? raw.Source : "default";
            try
            {
                var texts = substitution.Of(entry);
                entry.Property.SetValue(options, OptionTable.Parse(entry, texts));
                values.Add(new EffectiveOption(entry.Name, texts.Count == 0 ? null : Shown(entry, texts), source));
            }
            catch (FormatException fault)
            {
                faults.Add($"{entry.Name}: {fault.Message} ({source})");
                values.Add(new EffectiveOption(entry.Name, raw is null ? entry.Default : string.Join(",", raw.Texts), source));
            }
        }

        var unused = file.Keys.Where(key => OptionTable.Find(key) is null).Order(StringComparer.Ordinal).ToList();
        return new OptionReading(faults.Count == 0 ? options : null, values, unused, faults);
    }

    private static string Shown(OptionEntry entry, IReadOnlyList<string> texts) =>
        string.Join(",", entry.IsList ? texts.SelectMany(OptionTable.Items) : texts);

    private static void TakeSettings(IReadOnlyList<string> files, Dictionary<string, RawOption> given, List<string> faults)
    {
        foreach (var path in files.Where(File.Exists))
        {
            try
            {
                var settings = new ConfigurationBuilder().AddJsonFile(path, optional: false).Build();
                foreach (var entry in OptionTable.Entries)
                {
                    if (Setting(settings.GetSection("NovaNet"), entry) is { } texts || (texts = Setting(settings, entry)) is not null)
                    {
                        given[entry.Name] = new RawOption(texts, "appsettings.json");
                    }
                }
            }
            catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                faults.Add($"appsettings.json: {path} cannot be read: {fault.InnerException?.Message ?? fault.Message}");
            }
        }
    }

    private static IReadOnlyList<string>? Setting(IConfiguration settings, OptionEntry entry)
    {
        foreach (var key in new[] { entry.Name, entry.Property.Name })
        {
            var section = settings.GetSection(key);
            if (section.Value is { } value)
            {
                return [value];
            }

            if (section.Exists())
            {
                return [.. section.GetChildren().Select(item => item.Value ?? "")];
            }
        }

        return null;
    }

    private static void TakeConfigFile(string path, Dictionary<string, RawOption> given, Dictionary<string, string> file, List<string> faults)
    {
        try
        {
            var (values, unreadable) = NovaConf.Read(path, File.ReadLines(path));
            faults.AddRange(unreadable);
            foreach (var (key, texts) in values)
            {
                file[key] = texts[^1];
                if (OptionTable.Find(key) is { } entry && entry.Name == key)
                {
                    given[key] = new RawOption([.. texts.Select(text => text.Replace("\n", ",", StringComparison.Ordinal))], "config file " + path);
                }
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            faults.Add($"config_file: {path} cannot be read: {fault.Message}");
        }
    }
}

/// <summary>An option's texts as a source gave them.</summary>
internal sealed record RawOption(IReadOnlyList<string> Texts, string Source);

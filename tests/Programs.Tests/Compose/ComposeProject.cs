using System.Text.RegularExpressions;
using NovaNetBus.Domain.Tests;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace NovaNetBus.Programs.Tests.Compose;

/// <summary>The files of compose/, read as an engine reads them: merge keys resolved, variables taken from .env.</summary>
internal sealed partial class ComposeProject
{
    private readonly Dictionary<string, object> document;

    private ComposeProject(string file, Dictionary<string, object> document) => (File, this.document) = (file, document);

    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "compose"), "*.yaml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Names and values of .env.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = RepositoryFiles.Text("compose/.env").Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public string File { get; }

    public IReadOnlyDictionary<string, object> Services => Map(document["services"]);

    public static ComposeProject Read(string file)
    {
        var text = RepositoryFiles.Text("compose/" + file).Replace("!override", "", StringComparison.Ordinal);
        var parser = new MergingParser(new Parser(new StringReader(text)));
        return new ComposeProject(file, new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parser));
    }

    public static string TextOf(string file) => RepositoryFiles.Text("compose/" + file);

    /// <summary>The variables that a text names.</summary>
    public static IEnumerable<string> NamedIn(string text) => Variable().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>With the values of .env in the place of variables.</summary>
    public static string Filled(object? value) => Variable().Replace(value?.ToString() ?? "", match => Variables[match.Groups[1].Value]);

    /// <summary>A map of the file; an absent or empty one is empty.</summary>
    public static IReadOnlyDictionary<string, object> Map(object? node) => node switch
    {
        Dictionary<object, object> map => map.ToDictionary(pair => (string)pair.Key, pair => pair.Value),
        Dictionary<string, object> map => map,
        _ => new Dictionary<string, object>(),
    };

    /// <summary>The items of a list, or the names of a map.</summary>
    public static IReadOnlyList<string> Names(object? node) => node switch
    {
        List<object> list => [.. list.Select(item => (string)item)],
        Dictionary<object, object> map => [.. map.Keys.Select(key => (string)key)],
        _ => [],
    };

    public IReadOnlyDictionary<string, object> Service(string name) => Map(Services[name]);

    /// <summary>The environment of a service, filled.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(string service) =>
        Map(Service(service).GetValueOrDefault("environment")).ToDictionary(pair => pair.Key, pair => Filled(pair.Value));

    public IReadOnlyList<string> TopLevel(string section) => Names(document.GetValueOrDefault(section));

    public IReadOnlyDictionary<string, object> Section(string section) => Map(document.GetValueOrDefault(section));

    [GeneratedRegex(@"\$\{([A-Z_]+)\}")]
    private static partial Regex Variable();
}

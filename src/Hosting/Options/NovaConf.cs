namespace NovaNetBus.Hosting.Options;

/// <summary>
/// Reads an oslo-style INI as it stands: sections, <c>key = value</c> or <c>key: value</c>, comment lines with # or ;, indented lines that go on
/// with the value before, and keys given several times. Only [DEFAULT] is ours. Lines of a flagfile, which nova.conf was until 2012.1, are read as well:
/// <c>--key=value</c>, and <c>--key</c> alone for true.
/// </summary>
internal static class NovaConf
{
    /// <summary>The values of [DEFAULT] by key, in the order of the file, and one fault for each line that is none of these.</summary>
    public static (IReadOnlyDictionary<string, List<string>> Values, IReadOnlyList<string> Faults) Read(string file, IEnumerable<string> lines)
    {
        var values = new Dictionary<string, List<string>>();
        var faults = new List<string>();
        var section = "DEFAULT";
        List<string>? open = null;
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text[0] is '#' or ';')
            {
                open = text.Length == 0 ? null : open;
            }
            else if (char.IsWhiteSpace(line[0]) && open is not null)
            {
                open[^1] = open[^1].Length == 0 ? text : open[^1] + "\n" + text;
            }
            else if (text[0] == '[' && text[^1] == ']')
            {
                (section, open) = (text[1..^1].Trim(), null);
            }
            else if (Pair(text) is { } pair)
            {
                open = Add(section == "DEFAULT" ? values : [], pair.Key, Unquote(pair.Value));
            }
            else
            {
                faults.Add($"config_file: {file}, line {number} is neither a section nor 'key = value'");
            }
        }

        return (values, faults);
    }

    private static (string Key, string Value)? Pair(string text)
    {
        var isFlag = text.StartsWith("--", StringComparison.Ordinal);
        var line = isFlag ? text[2..] : text;
        return line.IndexOfAny(['=', ':']) switch
        {
            > 0 and var at => (line[..at].Trim(), line[(at + 1)..].Trim()),
            -1 when isFlag && line.Length > 0 => (line, "true"),
            _ => null,
        };
    }

    private static List<string> Add(Dictionary<string, List<string>> values, string key, string value)
    {
        if (!values.TryGetValue(key, out var list))
        {
            values[key] = list = [];
        }

        list.Add(value);
        return list;
    }

    private static string Unquote(string value) =>
        value.Length >= 2 && value[0] == value[^1] && value[0] is '"' or '\'' ? value[1..^1] : value;
}

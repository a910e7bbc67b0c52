using System.Globalization;

namespace NovaNetBus.Cli;

/// <summary>
/// nova-manage's command lines of 2012 (Essex and Folsom) as today's: words that were options, options that were words, and names that were others.
/// A line of today comes back as it went in.
/// </summary>
internal static class NovaManage
{
    /// <summary>How a command was spelt.</summary>
    /// <param name="FirstWord">Options that named what is the command's own word today.</param>
    /// <param name="Places">What each word after the command is today: an option, or null for the command's own word.</param>
    private sealed record Spelling(string[] FirstWord, params string?[] Places);

    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["account scrub"] = "project scrub",
        ["account quota"] = "project quota",
        ["config list"] = "config show",
        ["service list"] = "host list",
        ["vm list"] = "instance list",
    };

    private static readonly Dictionary<string, Spelling> Spellings = new()
    {
        ["network create"] = new(["--label"], null, "--fixed-range-v4", "--num-networks", "--network-size", "--multi-host", "--vlan-start", "--vpn-start"),
        ["network delete"] = new(["--fixed-range", "--network", "--uuid"], [null]),
        ["network modify"] = new(["--fixed-range", "--network", "--uuid"], null, "--project", "--host"),
        ["fixed list"] = new([], "--host"),
        ["fixed reserve"] = new(["--address"], [null]),
        ["fixed unreserve"] = new(["--address"], [null]),
        ["floating create"] = new([], "--ip-range", "--pool", "--interface"),
        ["floating delete"] = new([], "--ip-range"),
        ["floating list"] = new([], "--host"),
        ["project scrub"] = new(["--project"], [null]),
        ["project quota"] = new(["--project"], null, "--key", "--value"),
        ["vpn change"] = new([], "--project", "--ip", "--port"),
    };

    /// <summary>The line as it is spelt today; its options are in dashes already.</summary>
    public static IReadOnlyList<string> Today(IReadOnlyList<string> args)
    {
        if (args.Contains("--"))
        {
            return args;
        }

        var parts = LinePart.Read(args).Select(part => part.Named("--flagfile", "--config-file")).ToList();
        var typed = string.Join(' ', parts.Where(part => part.IsWord).Take(2).Select(word => word.Text));
        var command = Renamed.GetValueOrDefault(typed, typed);
        if (command == typed && !Spellings.ContainsKey(command))
        {
            return LinePart.Tokens(parts);
        }

        var words = 0;
        var rest = parts.Where(part => !part.IsWord || ++words > 2).ToList();
        rest = Spellings.TryGetValue(command, out var spelling) ? Placed(rest, spelling) : rest;
        rest = command switch
        {
            "network create" => Counted(rest),
            "project quota" => Limited(rest),
            _ => rest,
        };
        return [.. command.Split(' '), .. LinePart.Tokens(rest)];
    }

    private static List<LinePart> Placed(List<LinePart> parts, Spelling spelling)
    {
        var place = 0;
        return [.. parts.Select(Place)];

        LinePart Place(LinePart part)
        {
            if (!part.IsWord)
            {
                return spelling.FirstWord.Contains(part.Option) && part.Text is not null ? LinePart.Word(part.Text) : part;
            }

            var option = place < spelling.Places.Length ? spelling.Places[place] : null;
            place++;
            return option is null ? part : new LinePart(option, part.Text);
        }
    }

    /// <summary>--vpn was the first port; --vlan was the first VLAN id where more than one network was made.</summary>
    private static List<LinePart> Counted(List<LinePart> parts)
    {
        var several = parts.Any(part => part.Option == "--num-networks" && part.Text != "1");
        return [.. parts.Select(part => part.Named("--vpn", "--vpn-start").Named("--vlan", several ? "--vlan-start" : "--vlan"))];
    }

    /// <summary>--key fixed_ips --value 5 is --fixed-ips 5 today; what is not this program's to limit stays an option that it does not know.</summary>
    private static List<LinePart> Limited(List<LinePart> parts)
    {
        var key = parts.LastOrDefault(part => part.Option == "--key")?.Text;
        var value = parts.LastOrDefault(part => part.Option == "--value")?.Text;
        if (key is null || value is null)
        {
            return parts;
        }

        var limit = value.ToLowerInvariant() == "unlimited" ? (-1).ToString(CultureInfo.InvariantCulture) : value;
        return [.. parts.Where(part => part.Option is not ("--key" or "--value")), new LinePart("--" + key.Replace('_', '-'), limit)];
    }
}

/// <summary>A part of a command line: a word, or an option with its value.</summary>
/// <param name="Option">With its dashes; null for a word.</param>
/// <param name="Text">The word, or the option's value; null: it has none.</param>
internal sealed record LinePart(string? Option, string? Text)
{
    private static readonly HashSet<string> Flags =
        ["--help", "-h", "-?", "--version", "--disassociate-project", "--disassociate-host", "--all", "--follow"];

    /// <summary>True for what is no option.</summary>
    public bool IsWord => Option is null;

    /// <summary>A word.</summary>
    public static LinePart Word(string text) => new(null, text);

    /// <summary>This part under another name, if it is the option <paramref name="old"/>.</summary>
    public LinePart Named(string old, string name) => Option == old ? this with { Option = name } : this;

    /// <summary>The parts of a line. An option takes the argument after it, unless that is an option too or it is one that stands alone.</summary>
    public static List<LinePart> Read(IReadOnlyList<string> args)
    {
        var parts = new List<LinePart>();
        for (var at = 0; at < args.Count; at++)
        {
            var arg = args[at];
            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            if (!IsOption(arg))
            {
                parts.Add(Word(arg));
            }
            else if (equals > 0)
            {
                parts.Add(new LinePart(arg[..equals], arg[(equals + 1)..]));
            }
            else
            {
                var hasValue = !Flags.Contains(arg) && at + 1 < args.Count && !IsOption(args[at + 1]);
                parts.Add(new LinePart(arg, hasValue ? args[++at] : null));
            }
        }

        return parts;
    }

    /// <summary>The parts as arguments again.</summary>
    public static IReadOnlyList<string> Tokens(IEnumerable<LinePart> parts) =>
        [.. parts.SelectMany(part => new[] { part.Option, part.Text }).OfType<string>()];

    // A dash with a number is a value: -1 means no limit.
    private static bool IsOption(string arg) => arg.Length > 1 && arg[0] == '-' && !char.IsAsciiDigit(arg[1]);
}

using System.CommandLine;
using System.Globalization;

namespace NovaNetBus.Cli.Commands;

/// <summary>Kinds of options and positional words. All travel as text; what is no number or no truth value is refused before anything is asked.</summary>
internal static class Arguments
{
    /// <summary>A positional word that must be given.</summary>
    public static Argument<string> Word(string name, string description) => new(name) { Description = description };

    /// <summary>Any text; its meaning is judged by the scheduler.</summary>
    public static Option<string> Text(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { HelpName = value, Description = description };

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static Option<string> Number(string name, string value, string description, int least, int most) => new(name)
    {
        HelpName = value,
        Description = description,
        CustomParser = result =>
        {
            var typed = result.Tokens[0].Value;
            if (int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number.ToString(CultureInfo.InvariantCulture);
            }

            result.AddError($"{name} must be a whole number from {least} to {most}, not '{typed}'");
            return null;
        },
    };

    /// <summary>true or false; nova-manage's T and F mean the same.</summary>
    public static Option<string> Truth(string name, string description) => new(name)
    {
        HelpName = "true|false",
        Description = description,
        CustomParser = result =>
        {
            var typed = result.Tokens[0].Value;
            switch (typed.ToLowerInvariant())
            {
                case "true" or "t" or "1" or "yes" or "y":
                    return "true";
                case "false" or "f" or "0" or "no" or "n":
                    return "false";
                default:
                    result.AddError($"{name} must be true or false, not '{typed}'");
                    return null;
            }
        },
    };

    /// <summary>The number of what <see cref="Number"/> has accepted.</summary>
    public static int NumberOf(string? accepted) => int.Parse(accepted!, NumberStyles.None, CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Globalization;

namespace NovaNetBus.Cli.Commands;

/// <summary>Kinds of options and positional words. All travel as text; what is no number, no truth value or no time is refused before anything is asked.</summary>
internal static class Arguments
{
    /// <summary>A positional word that must be given.</summary>
    public static Argument<string> Word(string name, string description) => new(name) { Description = description };

    /// <summary>A positional word that may be left out.</summary>
    public static Argument<string?> OptionalWord(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Any text; its meaning is judged by the scheduler.</summary>
    public static Option<string> Text(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { HelpName = value, Description = description };

    /// <summary>Any text, which must be given.</summary>
    public static Option<string> Required(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Required = true };

    /// <summary>One of some words.</summary>
    public static Option<string> Choice(string name, string description, string usual, params string[] choices)
    {
        var option = new Option<string>(name)
        {
            HelpName = string.Join('|', choices),
            Description = description,
            DefaultValueFactory = _ => usual,
        };
        return option.AcceptOnlyFromAmong(choices);
    }

    /// <summary>Stands alone; true when it is given.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static Option<string> Number(string name, string value, string description, int least, int most) => new(name)
    {
        HelpName = value,
        Description = description,
        CustomParser = result =>
        {
            var typed = result.Tokens[0].Value;
            if (int.TryParse(typed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
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

    /// <summary>A time in one of the forms of <see cref="Moment"/>; travels as UTC.</summary>
    public static Option<string> Time(string name, string description, TimeProvider clock) => new(name)
    {
        HelpName = "TIME",
        Description = $"{description}: {Moment.Forms}",
        CustomParser = result =>
        {
            var typed = result.Tokens[0].Value;
            if (Moment.TryParse(typed, clock.GetUtcNow(), out var time))
            {
                return Moment.OnTheWire(time);
            }

            result.AddError($"{name} must be a time such as {Moment.Forms}, not '{typed}'");
            return null;
        },
    };

    /// <summary>The number of what <see cref="Number"/> has accepted.</summary>
    public static int NumberOf(string? accepted) => int.Parse(accepted!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;

namespace NovaNetBus.Hosting.Options;

/// <summary>One option: its name, default and how its texts become a value.</summary>
/// <param name="Name">snake_case, as in a nova.conf.</param>
/// <param name="Default">As text; null: not set.</param>
/// <param name="IsList">Takes several values.</param>
internal sealed record OptionEntry(string Name, string? Default, bool IsList, PropertyInfo Property, OptionAttribute Rules)
{
    public bool IsFlag => Property.PropertyType == typeof(bool);
}

/// <summary>All options of <see cref="NovaNetOptions"/>, in the order of their declaration.</summary>
internal static class OptionTable
{
    public static IReadOnlyList<OptionEntry> Entries { get; } = [.. Read()];

    private static readonly Dictionary<string, OptionEntry> ByName = Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>The option of this name, or null. Dashes count as underscores.</summary>
    public static OptionEntry? Find(string name) => ByName.GetValueOrDefault(name.Replace('-', '_'));

    private static IEnumerable<OptionEntry> Read()
    {
        foreach (var property in typeof(NovaNetOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<OptionAttribute>() is not { } rules)
            {
                continue;
            }

            var isList = property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);
            yield return new OptionEntry(SnakeCase(property.Name), rules.Default, isList, property, rules);
        }
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLower(letter, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>The option's value from its texts. Throws <see cref="FormatException"/> with what is wrong.</summary>
    public static object? Parse(OptionEntry entry, IReadOnlyList<string> texts)
    {
        if (entry.IsList)
        {
            return ParseList(entry, texts);
        }

        var text = texts.Count == 0 ? "" : texts[^1].Trim();
        var nullable = IsNullable(entry.Property);
        if (text.Length == 0 && nullable)
        {
            return null;
        }

        var type = Nullable.GetUnderlyingType(entry.Property.PropertyType) ?? entry.Property.PropertyType;
        return OptionValue.Parse(type, text, entry.Rules);
    }

    /// <summary>The items of a list's text.</summary>
    public static string[] Items(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static Array ParseList(OptionEntry entry, IReadOnlyList<string> texts)
    {
        var type = entry.Property.PropertyType.GetGenericArguments()[0];
        var items = texts
            .SelectMany(Items)
            .Select(item => OptionValue.Parse(type, item, entry.Rules))
            .ToArray();
        var list = Array.CreateInstance(type, items.Length);
        Array.Copy(items, list, items.Length);
        return list;
    }

    private static bool IsNullable(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null
        || new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
}

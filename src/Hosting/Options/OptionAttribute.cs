namespace NovaNetBus.Hosting.Options;

/// <summary>Marks a property of <see cref="NovaNetOptions"/> as an option; the option's name is the property's in snake_case.</summary>
/// <param name="default">The default as text, in the form of a nova.conf; null: not set. May name another option as <c>$my_ip</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute(string? @default) : Attribute
{
    /// <summary>The default as text; null: not set.</summary>
    public string? Default { get; } = @default;

    /// <summary>What a text must obey beyond its type.</summary>
    public OptionRule Rule { get; init; }

    /// <summary>Smallest number allowed.</summary>
    public int Min { get; init; } = int.MinValue;

    /// <summary>Largest number allowed.</summary>
    public int Max { get; init; } = int.MaxValue;
}

/// <summary>Checks of texts that end in file names, queue names or command arguments.</summary>
public enum OptionRule
{
    /// <summary>Any text without control characters.</summary>
    Text,

    /// <summary>1 to 63 of [A-Za-z0-9._-]: it becomes a queue name.</summary>
    HostName,

    /// <summary>1 to 15 of [A-Za-z0-9._-], neither '.' nor '..': the kernel's limit.</summary>
    InterfaceName,

    /// <summary>A DNS domain: labels of [A-Za-z0-9-] joined by dots, at most 253 characters, or empty.</summary>
    Domain,

    /// <summary>An absolute path without control characters.</summary>
    Path,
}

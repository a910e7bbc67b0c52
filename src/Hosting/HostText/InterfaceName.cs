using System.Text.RegularExpressions;

namespace NovaNetBus.Hosting.HostText;

/// <summary>Names of network interfaces, as they may go into a path, a rule or a request.</summary>
public static partial class InterfaceName
{
    /// <summary>The name itself. Throws when it is none: 1 to 15 letters, digits, <c>_ . - @</c>, and neither <c>.</c> nor <c>..</c>.</summary>
    public static string Checked(string name) =>
        Allowed().IsMatch(name) && name is not "." and not ".." ? name : throw new ArgumentException($"'{name}' is not the name of a network interface", nameof(name));

    [GeneratedRegex("^[A-Za-z0-9_.@-]{1,15}\\z")]
    private static partial Regex Allowed();
}

using System.Globalization;
using System.Text;
using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.Hosting.HostText;

/// <summary>Tables of ours that are loaded together, as nft reads them: constant rules, whose sets hold what changes.</summary>
public sealed class FirewallRuleText
{
    /// <summary>Of every table of ours, in each family.</summary>
    public const string TableName = "novanetbus";

    private FirewallRuleText(string resource, params string[] families) => (Rules, Families) = (ReadResource(resource), families);

    /// <summary>The set of each family that vanishes unless it is renewed, and what is in it: a set needs a key, and these are all that a rule of ours asks with.</summary>
    private const string Alive = "alive", AliveKeys = "ip, arp, ip6";

    /// <summary>In the order in which they are loaded, each in a transaction of its own.</summary>
    public static IReadOnlyList<FirewallRuleText> All { get; } =
    [
        new("NovaNetBus.Firewall.bridged.nft", "bridge"), // first: it sets the mark that the others ask for
        new("NovaNetBus.Firewall.routed.nft", "inet", "arp"),
    ];

    /// <summary>The rules with empty sets.</summary>
    public string Rules { get; }

    /// <summary>nft's families that have a table of these.</summary>
    public IReadOnlyList<string> Families { get; }

    /// <summary>Takes the tables away, if they are there.</summary>
    public string Deletion => string.Concat(Families.Select(family => $"table {family} {TableName}\ndelete table {family} {TableName}\n"));

    /// <summary>True when the element is in a set of these tables.</summary>
    public bool Has(FirewallElement element) => Families.Contains(SetDefinition.All[element.Set].Families[0]);

    /// <summary>The rules with these elements, in place of whatever is there.</summary>
    public string Replacement(IEnumerable<FirewallElement> elements) => $"{Deletion}{Rules}\n{Add(elements)}";

    /// <summary>Puts elements into their sets. Each part is checked. Throws when one is not what it must be.</summary>
    public static string Add(IEnumerable<FirewallElement> elements) => Write("add", elements, (definition, element) => definition.WriteElement(element));

    /// <summary>Takes elements out of their sets. As <see cref="Add"/>.</summary>
    public static string Remove(IEnumerable<FirewallElement> elements) => Write("delete", elements, (definition, element) => definition.WriteKey(element));

    /// <summary>Sets how long the host may still answer for what it holds on lease, whatever was set before; zero: not at all. In one transaction, without a moment between.</summary>
    public string Renew(TimeSpan left)
    {
        var milliseconds = (long)Math.Max(0, left.TotalMilliseconds);
        var keys = string.Join(", ", AliveKeys.Split(", ").Select(key => string.Create(CultureInfo.InvariantCulture, $"{key} timeout {Math.Max(1, milliseconds)}ms")));
        return string.Concat(Families.Select(family =>
            $"add element {family} {TableName} {Alive} {{ {keys} }}\ndelete element {family} {TableName} {Alive} {{ {AliveKeys} }}\n" // a delete fails where nothing is
            + (milliseconds > 0 ? $"add element {family} {TableName} {Alive} {{ {keys} }}\n" : "")));
    }

    private static string Write(string verb, IEnumerable<FirewallElement> elements, Func<SetDefinition, FirewallElement, string> write)
    {
        var text = new StringBuilder();
        foreach (var group in elements.GroupBy(element => element.Set))
        {
            var definition = SetDefinition.All[group.Key];
            var items = string.Join(", ", group.Select(element => write(definition, element)));
            foreach (var family in definition.Families)
            {
                text.Append($"{verb} element {family} {TableName} {definition.Name} {{ {items} }}\n");
            }
        }

        return text.ToString();
    }

    private static string ReadResource(string resource)
    {
        using var stream = typeof(FirewallRuleText).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"no resource {resource}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;

namespace NovaNetBus.NetworkWorker.Kernel.Firewall;

/// <summary>
/// Tables of ours that are replaced together: constant rules, whose sets hold what changes. After loading they get a seal: an empty chain whose
/// name is a hash of the rules as written here and as the kernel lists them. So a later look, also by another process, tells
/// whether these are our present rules and whether anybody has changed them since.
/// </summary>
internal sealed class RuleTable(Nftables nft, FirewallRuleText text)
{
    private const string Name = FirewallRuleText.TableName, SealPrefix = "seal_";

    private readonly IReadOnlyList<string> families = text.Families;

    public bool Has(FirewallElement element) => text.Has(element);

    /// <summary>The tables as they are.</summary>
    public RuleTableContent Read()
    {
        var listings = families.Select(family => nft.Query($"list table {family} {Name}")).OfType<System.Text.Json.JsonDocument>().ToList();
        if (listings.Count == 0)
        {
            return new RuleTableContent(Exists: false, IsIntact: false, []);
        }

        var objects = listings.SelectMany(listing => JsonNode.Parse(listing.RootElement.GetRawText())!["nftables"]!.AsArray()).Select(node => node!.AsObject()).ToList();
        var intact = listings.Count == families.Count && objects.Any(item => SealOf(item) == Seal(objects));
        return new RuleTableContent(true, intact, intact ? ReadElements(objects) : []);
    }

    /// <summary>Replaces all of it in one transaction: no packet meets half of it, and <paramref name="lease"/> goes on.</summary>
    public void Replace(IEnumerable<FirewallElement> elements, TimeSpan lease)
    {
        nft.Run(text.Replacement(elements) + text.Renew(lease));
        var objects = families.SelectMany(family => JsonNode.Parse(nft.Query($"list table {family} {Name}")!.RootElement.GetRawText())!["nftables"]!.AsArray());
        nft.Run($"add chain {families[0]} {Name} {Seal([.. objects.Select(node => node!.AsObject())])}");
    }

    /// <summary>See <see cref="FirewallRuleText.Renew"/>.</summary>
    public void Renew(TimeSpan lease) => nft.Run(text.Renew(lease));

    public void Delete() => nft.Run(text.Deletion);

    /// <summary>Takes elements out and puts elements in, in one transaction. What is there, or gone, already is no error.</summary>
    public void Change(IReadOnlyList<FirewallElement> gone, IReadOnlyList<FirewallElement> come)
    {
        try
        {
            nft.Run(FirewallRuleText.Remove(gone) + FirewallRuleText.Add(come));
        }
        catch (NftablesException) when (Read() is { IsIntact: true } content)
        {
            // Somebody was here before: do what is left to do.
            var present = content.Elements.Select(element => element.Key).ToHashSet();
            nft.Run(FirewallRuleText.Remove(gone.Concat(come).Where(element => present.Contains(element.Key)).DistinctBy(element => element.Key)) + FirewallRuleText.Add(come));
        }
    }

    private static List<FirewallElement> ReadElements(List<JsonObject> objects)
    {
        var found = new Dictionary<FirewallElement, int>();
        foreach (var item in objects.Select(item => (item["set"] ?? item["map"])?.AsObject()).OfType<JsonObject>())
        {
            if (SetDefinition.Find(item["family"]!.ToString(), item["name"]!.ToString()) is { } definition && item["elem"] is JsonArray elements)
            {
                foreach (var element in elements.Select(element => definition.ReadElement(element!)))
                {
                    found[element] = found.GetValueOrDefault(element) + 1;
                }
            }
        }

        return [.. found.Where(pair => pair.Value == SetDefinition.All[pair.Key.Set].Families.Length).Select(pair => pair.Key)];
    }

    private string Seal(List<JsonObject> objects)
    {
        var definitions = objects.Where(item => item["metainfo"] is null && SealOf(item) is null).Select(Definition).ToList();
        var listing = definitions.Where(pair => pair.Chain is null).Select(pair => pair.Text).Order(StringComparer.Ordinal)
            .Concat(definitions.Where(pair => pair.Chain is not null).OrderBy(pair => pair.Chain, StringComparer.Ordinal).Select(pair => pair.Text));
        return $"{SealPrefix}{Hash(text.Rules, 4)}_{Hash(string.Join('\n', listing), 8)}";
    }

    /// <summary>What of a listed object is constant; for a rule, with its chain, in which its place counts.</summary>
    private static (string? Chain, string Text) Definition(JsonObject item)
    {
        var copy = item.DeepClone().AsObject();
        var (kind, content) = copy.First();
        content!.AsObject().Remove("handle");
        content.AsObject().Remove("elem");
        return (kind == "rule" ? $"{content["family"]} {content["chain"]}" : null, copy.ToJsonString());
    }

    private static string? SealOf(JsonObject item) =>
        item["chain"]?["name"]?.ToString() is { } name && name.StartsWith(SealPrefix, StringComparison.Ordinal) ? name : null;

    private static string Hash(string text, int bytes) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));
}

/// <summary>What <see cref="RuleTable.Read"/> found.</summary>
/// <param name="Exists">There is a table of our name.</param>
/// <param name="IsIntact">It holds exactly our present rules.</param>
/// <param name="Elements">Of its sets; none when it is not intact, as it must be replaced with all its elements.</param>
internal sealed record RuleTableContent(bool Exists, bool IsIntact, IReadOnlyList<FirewallElement> Elements);

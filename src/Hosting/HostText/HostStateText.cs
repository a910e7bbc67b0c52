using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.Hosting.HostText;

/// <summary>A host's planned state as the texts that an operator reads and loads. The constant rules are those of this program's version. Pure.</summary>
public static class HostStateText
{
    /// <summary>All rules with all elements, in place of whatever is there: what <c>nft -f</c> loads. Throws when an element is none that a rule may hold.</summary>
    public static string Nft(HostState state)
    {
        var elements = state.Resources.OfType<FirewallElement>().OrderBy(element => element.Key, StringComparer.Ordinal).ToList();
        return string.Concat(FirewallRuleText.All.Select(rules => rules.Replacement(elements.Where(rules.Has))));
    }

    /// <summary>The files of each dnsmasq below the host's state_path, and the line that starts it (as <c>command</c>, which is no file on the host), by path.</summary>
    public static IReadOnlyList<(string Path, string Content)> Dnsmasq(HostState state, string statePath) =>
    [
        .. state.Resources.OfType<DhcpServer>().SelectMany(server =>
        {
            var paths = DnsmasqPaths.Of(statePath, server.NetworkId);
            return new[]
            {
                (Path.Combine(paths.Folder, "command"), $"dnsmasq {string.Join(' ', DnsmasqText.Arguments(server, paths))}\n"),
                (paths.Options, DnsmasqText.Options(server)),
            };
        }).Concat(state.Resources.OfType<DhcpHost>().Select(host =>
            (Path.Combine(DnsmasqPaths.Of(statePath, host.NetworkId).Hosts, host.Address.ToString()), DnsmasqText.HostLine(host) + "\n")))
            .OrderBy(file => file.Item1, StringComparer.Ordinal),
    ];

    /// <summary>All resources by key: {resources: [{kind, key, noun, and what the kind has}]}.</summary>
    public static JsonElement Json(HostState state) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["resources"] = new JsonArray([.. state.Resources.OrderBy(resource => resource.Key, StringComparer.Ordinal).Select(Resource)]),
    });

    private static JsonNode Resource(HostResource resource)
    {
        var node = new JsonObject { ["kind"] = resource.GetType().Name };
        foreach (var property in resource.GetType().GetProperties().OrderBy(property => property.Name is not ("Key" or "Noun")))
        {
            node[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] = Value(property.GetValue(resource));
        }

        return node;
    }

    private static JsonNode? Value(object? value) => value switch
    {
        null => null,
        bool truth => JsonValue.Create(truth),
        int number => JsonValue.Create(number),
        string text => JsonValue.Create(text),
        IEnumerable list => new JsonArray([.. list.Cast<object>().Select(Value)]),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
}

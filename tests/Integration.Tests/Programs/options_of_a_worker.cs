using System.Text.Json;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Integration.Tests.Messaging;
using Xunit;

namespace NovaNetBus.Integration.Tests.Programs;

/// <summary>With the published programs: options that shape what a worker tells and does, as a nova.conf has them.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class options_of_a_worker(RunningPrograms programs)
{
    [Fact]
    public async Task use_ipv6_and_allow_same_net_traffic_are_followed_in_facts_and_rules()
    {
        var (host, id) = (programs.Host + "-v6", Guid.NewGuid());
        await programs.StartWorkerAsync(host, "--use_ipv6=true", "--allow_same_net_traffic=false");
        await programs.NovanetAsync(
            "network", "create", "six", "--fixed-range-v4", "10.66.0.0/24", "--fixed-range-v6", "2001:db8:66::/64", "--multi-host", "true", "--share-address", "true", "--bridge", "br66", "--project", "v6");
        await using var compute = await ComputeService.ConnectAsync();

        var fact = await AskAsync(compute, "novanet.instance-spawning", host, $$"""{"instanceId":"{{id}}","projectId":"v6","host":"{{host}}","hostname":"vm","networks":[{"network":"six"}]}""");

        var vif = Assert.Single(fact.GetProperty("vifs").EnumerateArray());
        var address = Ipv6Cidr.Parse("2001:db8:66::/64").AddressOf(MacAddress.Parse(vif.GetProperty("macAddress").GetString()!));
        Assert.Equal((address.ToString(), 64, "2001:db8:66::1"), (vif.GetProperty("addressV6").GetString(), vif.GetProperty("prefixLengthV6").GetInt32(), vif.GetProperty("gatewayV6").GetString()));

        var rules = await RenderAsync(host, "nft");
        Assert.Contains(FormattableString.Invariant($"0x{address.Value:x32}"), rules, StringComparison.Ordinal);
        Assert.Contains("closed_ranges { 10.66.0.0/24 }", rules, StringComparison.Ordinal);
        Assert.Contains("--dhcp-range=2001:db8:66::,ra-only,64", await RenderAsync(host, "dnsmasq"), StringComparison.Ordinal);
        await AskAsync(compute, "novanet.instance-deleted", host, $$"""{"instanceId":"{{id}}"}""");
    }

    private Task<string> RenderAsync(string host, string format) => programs.NovanetAsync("host", "render", host, "--at", DateTimeOffset.UtcNow.AddSeconds(1).ToString("O"), "--format", format);

    private static async Task<JsonElement> AskAsync(ComputeService compute, string exchange, string key, string json)
    {
        await compute.PublishAsync(exchange, key, json, properties => properties.ReplyTo = compute.Queue);
        return (await compute.NextAsync()).Json;
    }
}

using System.Globalization;
using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Demo;

/// <summary>Asks as an operator would: by <c>novanet</c>, in its own process.</summary>
/// <param name="program">Its path.</param>
/// <param name="environment">By which it finds broker and database.</param>
internal sealed class OperatorTool(string program, IReadOnlyDictionary<string, string?> environment)
{
    // A machine may be much slower than those that the tool's own time is meant for.
    private static readonly string[] Patience = ["--timeout", "120"];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="label">Its label.</param>
    /// <param name="range">All of it becomes one network, however large.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="more">Further options.</param>
    public Task<IReadOnlyList<NetworkRow>> CreateNetworkAsync(string label, Cidr range, CancellationToken ct, params string[] more) => AskAsync<IReadOnlyList<NetworkRow>>(
        ct, ["network", "create", label, "--fixed-range-v4", range.ToString(), "--network-size", range.Size.ToString(CultureInfo.InvariantCulture), .. more]);

    /// <summary>Several of 256 addresses each, labelled with a number.</summary>
    public Task<IReadOnlyList<NetworkRow>> CreateNetworksAsync(string label, string range, int count, CancellationToken ct, params string[] more) => AskAsync<IReadOnlyList<NetworkRow>>(
        ct, ["network", "create", label, "--fixed-range-v4", range, "--num-networks", count.ToString(CultureInfo.InvariantCulture), "--network-size", "256", .. more]);

    public Task<IReadOnlyList<NetworkRow>> NetworksAsync(CancellationToken ct) => AskAsync<IReadOnlyList<NetworkRow>>(ct, "network", "list");

    public Task<IReadOnlyList<VpnRow>> VpnsAsync(CancellationToken ct) => AskAsync<IReadOnlyList<VpnRow>>(ct, "vpn", "list");

    public Task<NetworkRow> NetworkAsync(string network, CancellationToken ct) => AskAsync<NetworkRow>(ct, "network", "show", network);

    public Task<IReadOnlyList<FixedIpRow>> FixedIpsAsync(CancellationToken ct) => AskAsync<IReadOnlyList<FixedIpRow>>(ct, "fixed", "list");

    public Task<IReadOnlyList<HostRow>> HostsAsync(CancellationToken ct) => AskAsync<IReadOnlyList<HostRow>>(ct, "host", "list");

    public Task<HostRow> HostAsync(string host, CancellationToken ct) => AskAsync<HostRow>(ct, "host", "show", host);

    /// <summary>A command of the group floating that answers with one address.</summary>
    public Task<FloatingIpRow> FloatingAsync(CancellationToken ct, params string[] words) => AskAsync<FloatingIpRow>(ct, ["floating", .. words]);

    /// <summary>A command whose answer is not looked at.</summary>
    public Task DoAsync(CancellationToken ct, params string[] command) => Tool.RunAsync(ct, environment, program, [.. command, .. Patience]);

    public Task<IReadOnlyList<EventRow>> EventsAsync(CancellationToken ct, params string[] filters) =>
        AskAsync<IReadOnlyList<EventRow>>(ct, ["events", "list", .. filters]);

    /// <param name="at">Null: now.</param>
    public Task<AddressHolderRow> OwnerAsync(string address, DateTimeOffset? at, CancellationToken ct) => AskAsync<AddressHolderRow>(ct, ["address", "owner", address, .. At(at)]);

    /// <param name="at">Null: now.</param>
    public Task<HostRendering> RenderAsync(string host, DateTimeOffset? at, CancellationToken ct) =>
        AskAsync<HostRendering>(ct, ["host", "render", host, "--format", "nft", .. At(at)]);

    private static string[] At(DateTimeOffset? at) => at is { } time ? ["--at", time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)] : [];

    private async Task<T> AskAsync<T>(CancellationToken ct, params string[] command)
    {
        var output = await Tool.RunAsync(ct, environment, program, [.. command, "--output", "json", .. Patience]);
        return JsonSerializer.Deserialize<T>(output, Json) ?? throw new SimulatorException($"novanet {string.Join(' ', command)} printed nothing.");
    }
}

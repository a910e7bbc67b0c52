using System.Globalization;
using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Demo;

/// <summary>Asks as an operator would: by <c>novanet</c>, in its own process.</summary>
internal sealed class OperatorTool(string program)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="label">Its label.</param>
    /// <param name="range">All of it becomes one network, however large.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<IReadOnlyList<NetworkRow>> CreateNetworkAsync(string label, Cidr range, CancellationToken ct) => AskAsync<IReadOnlyList<NetworkRow>>(
        ct, "network", "create", label, "--fixed-range-v4", range.ToString(), "--network-size", range.Size.ToString(CultureInfo.InvariantCulture),
        "--multi-host", "true", "--bridge", "br100", "--bridge-interface", "eth1");

    public Task<NetworkRow> NetworkAsync(string network, CancellationToken ct) => AskAsync<NetworkRow>(ct, "network", "show", network);

    public Task<IReadOnlyList<FixedIpRow>> FixedIpsAsync(CancellationToken ct) => AskAsync<IReadOnlyList<FixedIpRow>>(ct, "fixed", "list");

    public Task<IReadOnlyList<HostRow>> HostsAsync(CancellationToken ct) => AskAsync<IReadOnlyList<HostRow>>(ct, "host", "list");

    /// <summary>A command of the group floating that answers with one address.</summary>
    public Task<FloatingIpRow> FloatingAsync(CancellationToken ct, params string[] words) => AskAsync<FloatingIpRow>(ct, ["floating", .. words]);

    /// <summary>A command whose answer is not looked at.</summary>
    public Task DoAsync(CancellationToken ct, params string[] command) => Tool.RunAsync(ct, program, command);

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
        var output = await Tool.RunAsync(ct, program, [.. command, "--output", "json"]);
        return JsonSerializer.Deserialize<T>(output, Json) ?? throw new SimulatorException($"novanet {string.Join(' ', command)} printed nothing.");
    }
}

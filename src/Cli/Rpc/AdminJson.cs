using System.Text.Json;
using System.Text.Json.Serialization;
using NovaNetBus.Cli.Commands;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Rpc;

/// <summary>What is sent, received and printed, as plain camelCase JSON; generated, as reflection would cost a tenth of a second at each start.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AdminRequest))]
[JsonSerializable(typeof(AdminReply))]
[JsonSerializable(typeof(NetworkRow[]))]
[JsonSerializable(typeof(FixedIpRow[]))]
[JsonSerializable(typeof(FloatingIpRow[]))]
[JsonSerializable(typeof(FloatingPoolRow[]))]
[JsonSerializable(typeof(FloatingRangeRow[]))]
[JsonSerializable(typeof(InstanceRow[]))]
[JsonSerializable(typeof(HostRow[]))]
[JsonSerializable(typeof(NetworkHostChanged[]))]
[JsonSerializable(typeof(InstanceNetworkReleased[]))]
[JsonSerializable(typeof(ProjectRow[]))]
[JsonSerializable(typeof(VpnRow[]))]
[JsonSerializable(typeof(EventRow[]))]
[JsonSerializable(typeof(AddressHolderRow[]))]
[JsonSerializable(typeof(ErrorRow[]))]
[JsonSerializable(typeof(WorldState))]
[JsonSerializable(typeof(HostRendering))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(ReplayReport))]
[JsonSerializable(typeof(EffectiveConfiguration))]
[JsonSerializable(typeof(ConfigurationCheck))]
internal sealed partial class AdminJson : JsonSerializerContext;

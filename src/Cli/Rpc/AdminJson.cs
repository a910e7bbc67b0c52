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
[JsonSerializable(typeof(InstanceRow[]))]
[JsonSerializable(typeof(HostRow[]))]
[JsonSerializable(typeof(EffectiveConfiguration))]
[JsonSerializable(typeof(ConfigurationFaults))]
internal sealed partial class AdminJson : JsonSerializerContext;

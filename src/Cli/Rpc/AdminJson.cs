using System.Text.Json;
using System.Text.Json.Serialization;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Rpc;

/// <summary>The contracts as plain camelCase JSON; generated, as reflection would cost a tenth of a second at each start.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AdminRequest))]
[JsonSerializable(typeof(AdminReply))]
[JsonSerializable(typeof(NetworkRow[]))]
[JsonSerializable(typeof(FixedIpRow[]))]
[JsonSerializable(typeof(InstanceRow[]))]
[JsonSerializable(typeof(HostRow[]))]
internal sealed partial class AdminJson : JsonSerializerContext;

using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>
/// OpenStack's tree as nova 14.0.0 served it. There are no files and no vendor data, since no message brings any, and no password: nobody could read what
/// a VM left there.
/// </summary>
internal static class OpenStackTree
{
    private const string Latest = "latest";
    private const string Grizzly = "2013-04-04", Havana = "2013-10-17", Liberty = "2015-10-15", Newton = "2016-06-30", NewtonTwo = "2016-10-06";
    private const int SeedBytes = 512;

    private static readonly string[] Versions = ["2012-08-10", Grizzly, Havana, Liberty, Newton, NewtonTwo];
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Null: nothing is there.</summary>
    public static MetadataAnswer? Find(ReadOnlySpan<string> parts, VmProfile vm)
    {
        if (parts is [])
        {
            return MetadataAnswer.Listing([.. Versions, Latest]);
        }

        var version = parts[0] == Latest ? Versions[^1] : parts[0];
        return parts[1..] switch
        {
            _ when !Versions.Contains(version) => null,
            [] => MetadataAnswer.Listing(Names(version, vm)),
            ["meta_data.json"] => Answer(MetaData(version, vm)),
            ["user_data"] => vm.Metadata.UserData is { } userData ? MetadataAnswer.UserData(userData) : null,
            ["network_data.json"] => Answer(NetworkData.Of(vm.Vifs)),
            ["vendor_data.json"] when Has(Havana, version) => Answer([]),
            ["vendor_data2.json"] when Has(NewtonTwo, version) => Answer([]),
            _ => null,
        };
    }

    private static IEnumerable<string> Names(string version, VmProfile vm) =>
    [
        "meta_data.json",
        .. vm.Metadata.UserData is null ? (string[])[] : ["user_data"],
        .. Has(Havana, version) ? (string[])["vendor_data.json"] : [],
        .. Has(Liberty, version) ? (string[])["network_data.json"] : [],
        .. Has(NewtonTwo, version) ? (string[])["vendor_data2.json"] : [],
    ];

    private static JsonObject MetaData(string version, VmProfile vm)
    {
        var all = new JsonObject { ["uuid"] = vm.InstanceId.ToString() };
        if (vm.Metadata.Values.Count > 0)
        {
            all["meta"] = Map(vm.Metadata.Values);
        }

        if (vm.Metadata.PublicKeys.Count > 0)
        {
            all["public_keys"] = Map(vm.Metadata.PublicKeys);
            all["keys"] = new JsonArray([.. vm.Metadata.PublicKeys.Select(key => new JsonObject { ["name"] = key.Name, ["type"] = "ssh", ["data"] = key.Text })]);
        }

        all["hostname"] = vm.Hostname;
        all["name"] = vm.Name;
        all["launch_index"] = 0;
        all["availability_zone"] = vm.Metadata.AvailabilityZone;
        if (Has(Grizzly, version))
        {
            all["random_seed"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SeedBytes));
        }

        if (Has(Liberty, version))
        {
            all["project_id"] = vm.ProjectId;
        }

        if (Has(Newton, version))
        {
            all["devices"] = new JsonArray();
        }

        return all;
    }

    private static JsonObject Map(ValueList<NamedText> texts) => new(texts.Select(text => KeyValuePair.Create(text.Name, (JsonNode?)text.Text)));

    private static MetadataAnswer Answer(JsonObject json) => MetadataAnswer.Json(JsonSerializer.SerializeToUtf8Bytes(json, Json));

    private static bool Has(string since, string version) => string.CompareOrdinal(version, since) >= 0;
}

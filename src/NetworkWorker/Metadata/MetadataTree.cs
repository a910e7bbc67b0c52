using System.Text;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>What is found at a path.</summary>
internal sealed record MetadataAnswer(string ContentType, byte[] Body)
{
    public static MetadataAnswer Text(string text) => new("text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static MetadataAnswer Listing(IEnumerable<string> names) => Text(string.Join('\n', names));

    /// <summary>As it came.</summary>
    public static MetadataAnswer UserData(string base64) => new("text/plain", Convert.FromBase64String(base64));

    public static MetadataAnswer Json(byte[] json) => new("application/json", json);
}

/// <summary>
/// The paths below http://169.254.169.254/, as nova-api-metadata of 14.0.0 knows them (nova/api/metadata/base.py: lookup): "openstack" and its versions,
/// and for all else EC2's versions, with or without "ec2" before them.
/// </summary>
internal static class MetadataTree
{
    /// <summary>Null: there is nothing at this path. Empty parts of it do not count.</summary>
    public static MetadataAnswer? Find(string path, VmProfile vm) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["openstack", .. var parts] => OpenStackTree.Find(parts, vm),
        ["ec2", .. var parts] => Ec2Tree.Find(parts, vm),
        var parts => Ec2Tree.Find(parts, vm),
    };
}

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>
/// EC2's tree as nova served it (get_ec2_metadata, ec2_md_print). What no message tells (instance-type, security-groups, kernel-id, ramdisk-id,
/// block-device-mapping) is not there.
/// </summary>
internal static class Ec2Tree
{
    private const string Latest = "latest";

    private static readonly string[] Versions =
        ["1.0", "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01", "2009-04-04"];

    /// <summary>Null: nothing is there.</summary>
    public static MetadataAnswer? Find(ReadOnlySpan<string> parts, VmProfile vm)
    {
        if (parts is [])
        {
            return MetadataAnswer.Listing([.. Versions, Latest]);
        }

        var version = parts[0] == Latest ? Versions.Length - 1 : Array.IndexOf(Versions, parts[0]);
        return parts[1..] switch
        {
            _ when version < 0 => null,
            [] => MetadataAnswer.Listing(["meta-data/", .. vm.Metadata.UserData is null ? (string[])[] : ["user-data"]]),
            ["user-data"] => vm.Metadata.UserData is { } userData ? MetadataAnswer.UserData(userData) : null,
            ["meta-data", .. var path] => Find(path, MetaData(vm, Versions[version])),
            _ => null,
        };
    }

    private static MetadataAnswer? Find(ReadOnlySpan<string> path, object? node)
    {
        foreach (var name in path)
        {
            node = (node as Folder)?.Items.GetValueOrDefault(name);
        }

        return node switch
        {
            Folder folder => MetadataAnswer.Listing(folder.Items.Select(item => item.Value is Folder { Shown: var shown } ? shown ?? item.Key + "/" : item.Key)),
            string text => MetadataAnswer.Text(text),
            _ => null,
        };
    }

    private static Folder MetaData(VmProfile vm, string version)
    {
        bool Has(string since) => string.CompareOrdinal(version, since) >= 0;

        var all = new Folder
        {
            ["ami-id"] = "ami-00000000", // no image is named to us; clients that ask for one get one that names none
            ["ami-launch-index"] = "0",
            ["ami-manifest-path"] = "FIXME", // nova's own word
            ["hostname"] = vm.Hostname,
            ["instance-id"] = "i-" + vm.ShortId,
            ["local-ipv4"] = vm.Vifs[0].Address,
            ["reservation-id"] = "r-" + vm.ShortId,
        };
        if (vm.Metadata.PublicKeys.Count > 0)
        {
            all["public-keys"] = PublicKeys(vm);
        }

        if (Has("2007-01-19"))
        {
            all["local-hostname"] = all["public-hostname"] = vm.Hostname;
            all["public-ipv4"] = vm.Vifs.SelectMany(vif => vif.FloatingIps).FirstOrDefault("");
        }

        if (Has("2008-02-01") && vm.Metadata.AvailabilityZone is { } zone)
        {
            all["placement"] = new Folder { ["availability-zone"] = zone };
        }

        if (Has("2008-09-01"))
        {
            all["instance-action"] = "none";
        }

        return all;
    }

    /// <summary>EC2 shows a key as "0=name", and has it at "0/openssh-key".</summary>
    private static Folder PublicKeys(VmProfile vm)
    {
        var keys = new Folder();
        foreach (var (index, key) in vm.Metadata.PublicKeys.Index())
        {
            keys[$"{index}"] = new Folder { Shown = $"{index}={key.Name}", ["openssh-key"] = key.Text };
        }

        return keys;
    }

    /// <summary>Names, and what they lead to: a text or another folder.</summary>
    private sealed record Folder
    {
        public SortedDictionary<string, object> Items { get; } = new(StringComparer.Ordinal);

        /// <summary>In the listing of the folder above, instead of its name and a slash.</summary>
        public string? Shown { get; init; }

        public object this[string name]
        {
            get => Items[name];
            set => Items[name] = value;
        }
    }
}

using System.Text;
using System.Text.Json.Nodes;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.NetworkWorker.Metadata;
using Xunit;

namespace NovaNetBus.Programs.Tests.Worker;

public sealed class what_a_vm_reads
{
    private static readonly Guid Instance = Guid.Parse("8d3c9a0e-7a55-4c1b-9f0e-2f6f0f0a1b2c");
    private static readonly Guid Network = Guid.Parse("6e3f8a36-5e0a-4a6b-9a51-6b5f7b1c0a01");

    private static readonly VmProfile Full = new(
        Instance, "project-1", "web-1", "novalocal", [Nic(1, "10.4.0.11"), Nic(2, "10.5.0.12") with { DhcpServer = null, FloatingIps = [] }],
        new InstanceMetadata(
            "zone-1", [new NamedText("role", "wéb <1>")], "aGVsbG8=", [new NamedText("one", "ssh-rsa AAAA+/= me"), new NamedText("two", "ssh-ed25519 BBBB")]));

    private static readonly VmProfile Bare = Full with { Domain = "", Vifs = [Nic(1, "10.4.0.11") with { FloatingIps = [] }], Metadata = InstanceMetadata.Empty };

    [Fact]
    public void a_version_shows_what_had_come_by_then()
    {
        string[] first = ["ami-id", "ami-launch-index", "ami-manifest-path", "hostname", "instance-id", "local-ipv4", "public-keys/", "reservation-id"];
        Assert.Equal(first, Lines("/1.0/meta-data/", Full));
        Assert.Equal(Sorted([.. first, "local-hostname", "public-hostname", "public-ipv4"]), Lines("/2007-01-19/meta-data", Full));
        Assert.Equal(Sorted([.. first, "local-hostname", "placement/", "public-hostname", "public-ipv4"]), Lines("/2008-02-01/meta-data", Full));
        Assert.Equal(Sorted([.. first, "instance-action", "local-hostname", "placement/", "public-hostname", "public-ipv4"]), Lines("/2009-04-04/meta-data", Full));
        Assert.Equal(Lines("/2009-04-04/meta-data", Full), Lines("/latest/meta-data/", Full));
        Assert.Equal(Lines("/latest/meta-data", Full), Lines("//ec2//latest/meta-data//", Full));
    }

    [Theory]
    [InlineData("ami-id", "ami-00000000")]
    [InlineData("hostname", "web-1.novalocal")]
    [InlineData("local-hostname", "web-1.novalocal")]
    [InlineData("instance-id", "i-8d3c9a0e")]
    [InlineData("reservation-id", "r-8d3c9a0e")]
    [InlineData("local-ipv4", "10.4.0.11")]
    [InlineData("public-ipv4", "198.51.100.1")]
    [InlineData("placement", "availability-zone")]
    [InlineData("public-keys", "0=one\n1=two")]
    [InlineData("public-keys/1", "openssh-key")]
    [InlineData("public-keys/1/openssh-key", "ssh-ed25519 BBBB")]
    [InlineData("instance-action", "none")]
    public void ec2s_items_are_novas(string item, string text) => Assert.Equal(text, Read($"/latest/meta-data/{item}", Full));

    [Theory]
    [InlineData("/2006-01-01/")]
    [InlineData("/latest/dynamic/instance-identity/document")]
    [InlineData("/latest/meta-data/hostname/more")]
    [InlineData("/latest/meta-data/public-keys/2")]
    [InlineData("/latest/meta-data/instance-type")]
    [InlineData("/latest/user-data/more")]
    [InlineData("/1.0/meta-data/local-hostname")]
    [InlineData("/openstack/2011-01-01")]
    [InlineData("/openstack/latest/password")]
    [InlineData("/openstack/2012-08-10/vendor_data.json")]
    [InlineData("/openstack/2015-10-15/vendor_data2.json")]
    [InlineData("/openstack/content/0000")]
    [InlineData("/latest/openstack")]
    public void what_is_not_there_is_not_found(string path) => Assert.Null(MetadataTree.Find(path, Full));

    [Fact]
    public void what_was_not_said_is_not_there()
    {
        Assert.Equal("meta-data/", Read("/latest", Bare));
        Assert.Null(MetadataTree.Find("/latest/user-data", Bare));
        Assert.Null(MetadataTree.Find("/openstack/latest/user_data", Bare));
        Assert.Null(MetadataTree.Find("/latest/meta-data/public-keys/", Bare));
        Assert.Null(MetadataTree.Find("/latest/meta-data/placement/", Bare));
        Assert.Equal(("web-1", ""), (Read("/latest/meta-data/hostname", Bare), Read("/latest/meta-data/public-ipv4", Bare)));
        var told = Json("/openstack/latest/meta_data.json", Bare);
        Assert.Equal([], new[] { "meta", "public_keys", "keys" }.Where(name => told.ContainsKey(name)));
    }

    [Fact]
    public void openstacks_versions_show_what_had_come_by_then()
    {
        Assert.Equal(["meta_data.json", "user_data"], Lines("/openstack/2012-08-10/", Full));
        Assert.Equal(["meta_data.json", "user_data", "vendor_data.json"], Lines("/openstack/2013-10-17/", Full));
        Assert.Equal(["meta_data.json", "user_data", "vendor_data.json", "network_data.json"], Lines("/openstack/2015-10-15/", Full));
        Assert.Equal(["meta_data.json", "user_data", "vendor_data.json", "network_data.json", "vendor_data2.json"], Lines("/openstack/latest", Full));
        string[] first = ["uuid", "meta", "public_keys", "keys", "hostname", "name", "launch_index", "availability_zone"];
        Assert.Equal(first, Json("/openstack/2012-08-10/meta_data.json", Full).Select(item => item.Key));
        Assert.Equal([.. first, "random_seed", "project_id", "devices"], Json("/openstack/latest/meta_data.json", Full).Select(item => item.Key));
    }

    [Fact]
    public void meta_data_json_tells_all_that_the_spawning_said()
    {
        var told = Json("/openstack/latest/meta_data.json", Full);
        Assert.Equal((Instance.ToString(), "web-1", "web-1.novalocal", "zone-1", "project-1"), (
            Text(told["uuid"]), Text(told["name"]), Text(told["hostname"]), Text(told["availability_zone"]), Text(told["project_id"])));
        Assert.Equal("wéb <1>", Text(told["meta"]!["role"]));
        Assert.Equal("ssh-ed25519 BBBB", Text(told["public_keys"]!["two"]));
        Assert.Equal("""{"name":"one","type":"ssh","data":"ssh-rsa AAAA+/= me"}""", Text(told["keys"]![0]));
        Assert.Contains("ssh-rsa AAAA+/= me", Read("/openstack/latest/meta_data.json", Full), StringComparison.Ordinal); // for who reads JSON with grep
        Assert.Equal(512, Convert.FromBase64String(Text(told["random_seed"])).Length);
        Assert.NotEqual(Text(told["random_seed"]), Text(Json("/openstack/latest/meta_data.json", Full)["random_seed"]));
    }

    [Fact]
    public void network_data_json_is_links_networks_and_services() => Assert.True(JsonNode.DeepEquals(
        JsonNode.Parse(
            """
            {
              "links": [
                {"id": "tap1", "vif_id": "00000001-0000-0000-0000-000000000000", "type": "bridge", "mtu": 1450, "ethernet_mac_address": "fa:16:3e:00:00:01"},
                {"id": "tap2", "vif_id": "00000002-0000-0000-0000-000000000000", "type": "bridge", "mtu": 1450, "ethernet_mac_address": "fa:16:3e:00:00:02"}],
              "networks": [
                {"id": "network0", "type": "ipv4_dhcp", "link": "tap1", "network_id": "6e3f8a36-5e0a-4a6b-9a51-6b5f7b1c0a01"},
                {"id": "network1", "type": "ipv4", "link": "tap2", "ip_address": "10.5.0.12", "netmask": "255.255.255.0",
                 "routes": [{"network": "0.0.0.0", "netmask": "0.0.0.0", "gateway": "10.4.0.1"}], "network_id": "6e3f8a36-5e0a-4a6b-9a51-6b5f7b1c0a01"}],
              "services": [{"type": "dns", "address": "192.0.2.53"}]
            }
            """),
        Json("/openstack/latest/network_data.json", Full)));

    [Fact]
    public void a_nic_of_two_addresses_is_one_link_and_its_first_network()
    {
        var told = Json("/openstack/latest/network_data.json", Full with { Vifs = [Nic(1, "10.4.0.11"), Nic(1, "10.4.0.12")] });
        Assert.Single(told["links"]!.AsArray());
        Assert.Single(told["networks"]!.AsArray());
    }

    [Fact]
    public void user_data_is_given_byte_by_byte()
    {
        var vm = Full with { Metadata = Full.Metadata with { UserData = Convert.ToBase64String([0x1f, 0x8b, 0, 255]) } };
        Assert.Equal([0x1f, 0x8b, 0, 255], MetadataTree.Find("/latest/user-data", vm)!.Body);
        Assert.Equal([0x1f, 0x8b, 0, 255], MetadataTree.Find("/openstack/latest/user_data", vm)!.Body);
    }

    private static Vif Nic(int number, string address) => new(
        new Guid(number, 0, 0, new byte[8]), $"tap{number}", $"fa:16:3e:00:00:0{number}", Network, "private", "br100", null, 1450, address, 24, "10.4.0.255",
        "10.4.0.1", "10.4.0.1", ["192.0.2.53"], ["198.51.100.1"], false);

    private static string Read(string path, VmProfile vm) => Encoding.UTF8.GetString(MetadataTree.Find(path, vm)!.Body);

    private static string[] Sorted(string[] names) => [.. names.Order(StringComparer.Ordinal)];

    private static string[] Lines(string path, VmProfile vm) => Read(path, vm).Split('\n');

    private static JsonObject Json(string path, VmProfile vm) => JsonNode.Parse(Read(path, vm))!.AsObject();

    private static string Text(JsonNode? node) => node switch
    {
        JsonValue value => value.ToString(),
        _ => node!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
    };
}

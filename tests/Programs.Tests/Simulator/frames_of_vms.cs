using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using NovaNetBus.Simulator.Packets;
using NovaNetBus.Simulator.Vms;
using Xunit;

namespace NovaNetBus.Programs.Tests.Simulator;

public sealed class frames_of_vms
{
    private static readonly Vm A = new(Guid.NewGuid(), "a", "nn-vm-a", "tap1", "fa:16:3e:00:00:01", "10.0.0.2", "host-a");
    private static readonly Vm B = new(Guid.NewGuid(), "b", "nn-vm-b", "tap2", "fa:16:3e:00:00:02", "10.0.0.3", "host-a");
    private static readonly IPAddress Claimed = IPAddress.Parse("10.0.0.99");

    private static byte[] Of(string kind) => Lie.Frame(Kind(kind), A, B, Claimed);

    private static FrameKind Kind(string word) => Enum.GetValues<FrameKind>().Single(k => PacketProof.Word(k) == word);

    private static string Mac(ReadOnlySpan<byte> bytes) => new PhysicalAddress(bytes.ToArray()).ToString();

    private static IPAddress Ip(ReadOnlySpan<byte> bytes) => new(bytes);

    [Theory]
    [InlineData("honest", "FA163E000001", "10.0.0.2")]
    [InlineData("mac-spoof", "02BADBADBAD0", "10.0.0.2")]
    [InlineData("ip-spoof", "FA163E000001", "10.0.0.99")]
    [InlineData("dhcp-offer", "FA163E000001", "10.0.0.2")]
    public void an_ip_frame_lies_in_nothing_but_its_kind(string kind, string mac, string address)
    {
        var frame = Of(kind);
        Assert.Equal(mac, Mac(frame.AsSpan(6, 6)));
        Assert.Equal(IPAddress.Parse(address), Ip(frame.AsSpan(26, 4)));
        Assert.Equal(frame.Length - 14, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16)));
    }

    [Fact]
    public void the_header_checksum_is_right()
    {
        var header = Of("honest").AsSpan(14, 20);
        var sum = 0;
        for (var i = 0; i < 20; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        }

        Assert.Equal(0xffff, (sum & 0xffff) + (sum >> 16));
    }

    [Fact]
    public void an_arp_spoof_claims_the_address_for_the_liars_mac()
    {
        var frame = Of("arp-spoof");
        Assert.Equal("FA163E000001", Mac(frame.AsSpan(22, 6)));
        Assert.Equal(Claimed, Ip(frame.AsSpan(28, 4)));
        Assert.Equal("FA163E000002", Mac(frame.AsSpan(0, 6)));
    }

    [Fact]
    public void a_false_offer_goes_from_the_server_port_to_everybody_and_carries_an_address()
    {
        var frame = Of("dhcp-offer");
        Assert.Equal("FFFFFFFFFFFF", Mac(frame.AsSpan(0, 6)));
        Assert.Equal(67, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(34)));
        Assert.Equal(68, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(36)));
        Assert.Equal(Claimed, Ip(frame.AsSpan(42 + 16, 4)));
    }

    [Fact]
    public void a_tagged_frame_is_known_with_and_without_its_tag_and_an_honest_one_is_not_taken_for_it()
    {
        var tagged = Of("tagged");
        byte[] untagged = [.. tagged[..12], .. tagged[16..]];
        Assert.Equal(0x8100, BinaryPrimitives.ReadUInt16BigEndian(tagged.AsSpan(12)));
        Assert.True(Lie.IsIn(tagged, tagged, FrameKind.Tagged));
        Assert.True(Lie.IsIn(untagged, tagged, FrameKind.Tagged));
        Assert.False(Lie.IsIn(Of("honest"), tagged, FrameKind.Tagged));
    }
}

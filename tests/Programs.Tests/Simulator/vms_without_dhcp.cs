using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Simulator.Vms;
using Xunit;

namespace NovaNetBus.Programs.Tests.Simulator;

public sealed class vms_without_dhcp
{
    [Fact]
    public void are_set_up_by_the_file_that_was_injected()
    {
        var file = InterfacesFile.Of(
        [
            new InjectedNic(MacAddress.Parse("fa:16:3e:00:00:01"), Ipv4.Parse("10.0.0.5"), Cidr.Parse("10.0.0.0/23"), Ipv4.Parse("10.0.0.1"), [Ipv4.Parse("192.0.2.53")])
            {
                AddressV6 = Ipv6.Parse("2001:db8::5"),
                PrefixLengthV6 = 64,
            },
            new InjectedNic(MacAddress.Parse("fa:16:3e:00:00:02"), Ipv4.Parse("10.2.0.5"), Cidr.Parse("10.2.0.0/24"), null, []),
        ]);

        var stanzas = InjectedConfiguration.Read(file);

        Assert.Equal(["eth0", "eth1"], stanzas.Select(stanza => stanza.Name));
        Assert.Equal(["10.0.0.5", "10.2.0.5"], stanzas.Select(stanza => stanza.Address));
        Assert.Equal([Cidr.Parse("10.0.0.0/23"), Cidr.Parse("10.2.0.0/24")], stanzas.Select(stanza => stanza.Network));
        Assert.Equal("fa:16:3e:00:00:01", stanzas[0].Settings["hwaddress"]);
        Assert.Equal("10.0.0.1", stanzas[0].Settings["gateway"]);
        Assert.DoesNotContain("gateway", stanzas[1].Settings);
    }
}

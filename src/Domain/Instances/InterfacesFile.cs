using System.Globalization;
using System.Text;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Instances;

/// <summary>A NIC as its instance sets it up by itself.</summary>
/// <param name="Mac">Its MAC address.</param>
/// <param name="Address">Its fixed IP.</param>
/// <param name="Network">The range that is reached without a router.</param>
/// <param name="Gateway">Its router; null: none.</param>
/// <param name="DnsServers">May be empty.</param>
public sealed record InjectedNic(MacAddress Mac, Ipv4 Address, Cidr Network, Ipv4? Gateway, ValueList<Ipv4> DnsServers)
{
    /// <summary>Its IPv6 address; null: none.</summary>
    public Ipv6? AddressV6 { get; init; }

    /// <summary>Bits, 0 to 128.</summary>
    public int PrefixLengthV6 { get; init; }

    /// <summary>Its IPv6 router; null: none.</summary>
    public Ipv6? GatewayV6 { get; init; }
}

/// <summary>The network settings that a compute service writes into an instance's image, as Debian reads them (nova: interfaces.template).</summary>
public static class InterfacesFile
{
    private const string Head =
        "# Written by NovaNetBus for this instance's first start\n"
        + "#\n"
        + "# This file describes the network interfaces available on your system\n"
        + "# and how to activate them. For more information, see interfaces(5).\n"
        + "\n"
        + "# The loopback network interface\n"
        + "auto lo\n"
        + "iface lo inet loopback\n";

    /// <summary>The content of /etc/network/interfaces for these NICs, the first of which is eth0. Lines end with a line feed.</summary>
    public static string Of(IEnumerable<InjectedNic> nics)
    {
        var text = new StringBuilder(Head);
        foreach (var (place, nic) in nics.Index())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"eth{place}");
            text.Append('\n').Append("auto ").Append(name).Append('\n');
            Append(text, name, "inet",
                ("hwaddress ether", nic.Mac.ToString()),
                ("address", nic.Address.ToString()),
                ("netmask", nic.Network.Netmask.ToString()),
                ("broadcast", nic.Network.Broadcast.ToString()),
                ("gateway", nic.Gateway?.ToString()),
                ("dns-nameservers", nic.DnsServers.Count == 0 ? null : string.Join(' ', nic.DnsServers)));
            if (nic.AddressV6 is { } address)
            {
                Append(text, name, "inet6",
                    ("hwaddress ether", nic.Mac.ToString()),
                    ("address", address.ToString()),
                    ("netmask", nic.PrefixLengthV6.ToString(CultureInfo.InvariantCulture)),
                    ("gateway", nic.GatewayV6?.ToString()));
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, string family, params ReadOnlySpan<(string Key, string? Value)> lines)
    {
        text.Append("iface ").Append(name).Append(' ').Append(family).Append(" static\n");
        foreach (var (key, value) in lines)
        {
            if (value is not null)
            {
                text.Append("    ").Append(key).Append(' ').Append(value).Append('\n');
            }
        }
    }
}

using NovaNetBus.Domain.Addressing;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Vms;

/// <summary>A VM without DHCP: it is set up by the interfaces file that was injected into it, and by nothing else.</summary>
internal static class InjectedConfiguration
{
    /// <summary>A NIC as the file describes it.</summary>
    /// <param name="Name">Of the NIC in the VM.</param>
    /// <param name="Settings">Keyword to value, as in interfaces(5).</param>
    internal sealed record Stanza(string Name, IReadOnlyDictionary<string, string> Settings)
    {
        public string Address => Settings["address"];

        public Cidr Network => Cidr.Parse($"{Address}/{PrefixLength}");

        private int PrefixLength => Bits(Settings["netmask"]);

        private static int Bits(string netmask) => netmask.Split('.').Sum(part => System.Numerics.BitOperations.PopCount(byte.Parse(part)));
    }

    /// <summary>The static IPv4 NICs of an interfaces file, in its order.</summary>
    public static IReadOnlyList<Stanza> Read(string file)
    {
        List<(string Name, Dictionary<string, string> Settings)> stanzas = [];
        var isOurs = false;
        foreach (var words in file.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1 && words[0] != "#"))
        {
            if (words[0] is "iface" or "auto")
            {
                isOurs = words is ["iface", _, "inet", "static"];
                if (isOurs)
                {
                    stanzas.Add((words[1], []));
                }
            }
            else if (isOurs)
            {
                stanzas[^1].Settings[words[0]] = words[^1];
            }
        }

        return [.. stanzas.Select(stanza => new Stanza(stanza.Name, stanza.Settings))];
    }

    /// <summary>Sets the VM's NICs up as its file says.</summary>
    /// <returns>The address of the first.</returns>
    public static async Task<string> ApplyAsync(string vmNamespace, string file, CancellationToken ct)
    {
        var stanzas = Read(file);
        foreach (var stanza in stanzas)
        {
            await Tool.RunAsync(ct, "ip", "-n", vmNamespace, "link", "set", stanza.Name, "address", stanza.Settings["hwaddress"], "up");
            await Tool.RunAsync(ct, "ip", "-n", vmNamespace, "addr", "add", $"{stanza.Address}/{stanza.Network.PrefixLength}", "brd", stanza.Settings["broadcast"], "dev", stanza.Name);
            if (stanza.Settings.TryGetValue("gateway", out var gateway))
            {
                await Tool.RunAsync(ct, "ip", "-n", vmNamespace, "route", "add", "default", "via", gateway);
            }
        }

        return stanzas.Count > 0 ? stanzas[0].Address : throw new SimulatorException("The injected interfaces file describes no NIC.");
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace NovaNetBus.Hosting.Options;

/// <summary>Replaces <c>$other_option</c> and <c>${other_option}</c> by that option's effective value, as oslo does; <c>$$</c> is a dollar sign.</summary>
internal sealed partial class Substitution(IReadOnlyDictionary<string, RawOption> given, IReadOnlyDictionary<string, string> file, string httpListen)
{
    private const int DeepestChain = 16;

    /// <summary>The effective texts of an option. Throws <see cref="FormatException"/> for a name that is unknown or leads back to itself.</summary>
    public IReadOnlyList<string> Of(OptionEntry entry)
    {
        IReadOnlyList<string> texts = given.TryGetValue(entry.Name, out var raw) ? raw.Texts : entry.Default is null ? [] : [entry.Default];
        return [.. texts.Select(text => Replace(text, 0))];
    }

    private string Replace(string text, int depth)
    {
        if (depth > DeepestChain)
        {
            throw new FormatException("the $names lead in a circle");
        }

        return Name().Replace(text, match => match.Value == "$$" ? "$" : Replace(ValueOf(match.Groups["name"].Value), depth + 1));
    }

    private string ValueOf(string name)
    {
        if (given.TryGetValue(name, out var raw))
        {
            return string.Join(",", raw.Texts);
        }

        if (OptionTable.Find(name) is { } entry)
        {
            return entry.Default ?? "";
        }

        return name switch
        {
            "machine_name" => Environment.MachineName,
            "default_source_address" => DefaultSourceAddress(),
            "default_http_listen" => httpListen,
            _ => file.TryGetValue(name, out var value) ? value : throw new FormatException($"${name} is not known"),
        };
    }

    /// <summary>The kernel's choice towards a documentation address; connecting a UDP socket sends nothing.</summary>
    private static string DefaultSourceAddress()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(IPAddress.Parse("192.0.2.1"), 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return IPAddress.Loopback.ToString();
        }
    }

    [GeneratedRegex(@"\$\$|\$\{(?<name>\w+)\}|\$(?<name>\w+)")]
    private static partial Regex Name();
}

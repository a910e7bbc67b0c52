using System.CommandLine;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The command <c>complete</c>, with which completion scripts ask for names; help does not show it.</summary>
internal static class ValueCommand
{
    public const string Networks = "networks";
    public const string Hosts = "hosts";
    public const string Pools = "pools";

    /// <summary>complete KIND.</summary>
    public static Verb Of(Conversation conversation)
    {
        var kind = Arguments.Word("KIND", "What is asked for").AcceptOnlyFromAmong(Networks, Hosts, Pools);
        var complete = new Verb("complete", "Write the names of what there is, one a line", "novanet complete networks") { kind };
        complete.SetAction((parsed, stop) => conversation.CarryOut(async () =>
        {
            foreach (var name in await Names(conversation, parsed, parsed.GetValue(kind)!, stop))
            {
                conversation.Surroundings.Streams.Out.WriteLine(name);
            }

            return ExitCodes.Done;
        }));
        return complete;
    }

    // What cannot be typed on one line is not offered.
    private static async Task<IEnumerable<string>> Names(Conversation conversation, ParseResult parsed, string kind, CancellationToken stop)
    {
        var command = kind switch { Networks => "network list", Hosts => "host list", _ => "floating pools" };
        var rows = await conversation.Answer(parsed, new AdminRequest(command, new Dictionary<string, string?>()), stop);
        var names = kind switch
        {
            Networks => Result.Rows(rows, AdminJson.Default.NetworkRowArray).Select(row => row.Label),
            Hosts => Result.Rows(rows, AdminJson.Default.HostRowArray).Select(row => row.Host),
            _ => Result.Rows(rows, AdminJson.Default.FloatingPoolRowArray).Select(row => row.Pool),
        };
        return names.Where(name => name.Length > 0 && !name.Any(char.IsControl)).Distinct().Order(StringComparer.Ordinal);
    }
}

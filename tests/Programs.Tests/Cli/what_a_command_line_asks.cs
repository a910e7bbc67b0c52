using System.CommandLine;
using NovaNetBus.Cli;
using NovaNetBus.Cli.Commands;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Tests;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

public sealed class what_a_command_line_asks
{
    [Fact]
    public async Task the_command_and_its_options_travel_by_name()
    {
        var typed = Typed.Answered(new[] { Rows.Network() });

        var code = await typed.Run("network", "create", "private", "--fixed-range-v4", "10.0.0.0/24", "--multi-host", "true", "--num-networks", "2");

        Assert.Equal(0, code);
        Assert.Equal("network create", typed.Asked!.Command);
        Assert.Equal(
            new Dictionary<string, string?> { ["label"] = "private", ["fixed-range-v4"] = "10.0.0.0/24", ["multi-host"] = "true", ["num-networks"] = "2" },
            typed.Asked.Arguments);
    }

    [Theory]
    [InlineData("--num-networks", "4"), InlineData("--network-size", "64"), InlineData("--bridge", "br1"), InlineData("--bridge-interface", "eth1")]
    [InlineData("--vlan", "7"), InlineData("--vlan-start", "100"), InlineData("--vpn-start", "1000"), InlineData("--gateway", "10.0.0.1")]
    [InlineData("--dhcp-server", "10.0.0.2"), InlineData("--dns1", "8.8.8.8"), InlineData("--dns2", "8.8.4.4"), InlineData("--fixed-cidr", "10.0.0.0/28")]
    [InlineData("--allowed-start", "10.0.0.5"), InlineData("--allowed-end", "10.0.0.9"), InlineData("--multi-host", "false")]
    [InlineData("--share-address", "true"), InlineData("--enable-dhcp", "false"), InlineData("--mtu", "9000"), InlineData("--project", "demo")]
    [InlineData("--uuid", "6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f"), InlineData("--fixed-range-v6", "fd00::/64"), InlineData("--gateway-v6", "fd00::1")]
    [InlineData("--priority", "1")]
    public async Task every_option_of_network_create_is_taken_in_both_spellings(string option, string value)
    {
        foreach (var spelling in new[] { option, "--" + option[2..].Replace('-', '_') })
        {
            var typed = Typed.Answered(new[] { Rows.Network() });

            Assert.Equal(0, await typed.Run("network", "create", "x", "--fixed_range_v4=10.0.0.0/8", spelling, value));

            Assert.Equal(value, typed.Asked!.Arguments[option[2..]]);
        }
    }

    [Theory]
    [InlineData("network show private", "network show", "network=private")]
    [InlineData("network modify private --project demo", "network modify", "network=private project=demo")]
    [InlineData("network modify private --disassociate-project --disassociate-host", "network modify", "network=private disassociate-project=true disassociate-host=true")]
    [InlineData("network delete 10.0.0.0/24", "network delete", "network=10.0.0.0/24")]
    [InlineData("fixed list --host h1 --network private --project p", "fixed list", "host=h1 network=private project=p")]
    [InlineData("fixed reserve 10.0.0.9", "fixed reserve", "ip=10.0.0.9")]
    [InlineData("fixed unreserve 10.0.0.9", "fixed unreserve", "ip=10.0.0.9")]
    [InlineData("floating create --ip-range 203.0.113.0/28 --pool p --interface eth2", "floating create", "ip-range=203.0.113.0/28 pool=p interface=eth2")]
    [InlineData("floating delete --ip-range 203.0.113.0/28", "floating delete", "ip-range=203.0.113.0/28")]
    [InlineData("floating list --host h1 --pool p --project q", "floating list", "host=h1 pool=p project=q")]
    [InlineData("floating pools", "floating pools", "")]
    [InlineData("floating allocate --project demo --pool p", "floating allocate", "project=demo pool=p")]
    [InlineData("floating release 203.0.113.7 --project demo", "floating release", "ip=203.0.113.7 project=demo")]
    [InlineData("floating associate 203.0.113.7 --instance i --fixed 10.0.0.9", "floating associate", "ip=203.0.113.7 instance=i fixed=10.0.0.9")]
    [InlineData("floating disassociate 203.0.113.7", "floating disassociate", "ip=203.0.113.7")]
    [InlineData("instance list", "instance list", "")]
    [InlineData("instance show abc", "instance show", "id=abc")]
    [InlineData("host show h1", "host show", "host=h1")]
    [InlineData("host drain h1", "host drain", "host=h1")]
    [InlineData("host forget h1", "host forget", "host=h1")]
    [InlineData("host render h1 --at 2026-11-23T12:00:00Z", "host render", "host=h1 at=2026-11-23T12:00:00.0000000Z format=nft")]
    [InlineData("host render h1 --format json", "host render", "host=h1 format=json")]
    [InlineData("project show demo", "project show", "project=demo")]
    [InlineData("project quota demo --fixed-ips 100 --floating_ips=-1", "project quota", "project=demo fixed-ips=100 floating-ips=-1")]
    [InlineData("project scrub demo", "project scrub", "project=demo")]
    [InlineData("vpn list", "vpn list", "")]
    [InlineData("vpn change --project demo --ip 203.0.113.5 --port 1005", "vpn change", "project=demo ip=203.0.113.5 port=1005")]
    [InlineData("events list --since 2026-11-23 --until 10m --limit 5", "events list", "since=2026-11-23T00:00:00.0000000Z until=2026-11-23T11:50:00.0000000Z limit=5")]
    [InlineData(
        "events list --instance i --address a --project p --host h --network n --type t", "events list", "instance=i address=a project=p host=h network=n type=t")]
    [InlineData("address history 10.0.0.9", "address history", "ip=10.0.0.9")]
    [InlineData("address owner 10.0.0.9 --at 1h", "address owner", "ip=10.0.0.9 at=2026-11-23T11:00:00.0000000Z")]
    [InlineData("state show --at 2d", "state show", "at=2026-11-21T12:00:00.0000000Z")]
    [InlineData("state show", "state show", "")]
    [InlineData("errors list", "errors list", "")]
    [InlineData("errors retry x", "errors retry", "id=x")]
    [InlineData("errors discard --all", "errors discard", "all=true")]
    public async Task words_and_options_travel_by_their_names(string line, string command, string arguments)
    {
        var typed = new Typed(new AdminReply(null)) { Clock = new ManualClock(Rows.Noon) };

        await typed.Run([.. line.Split(' '), "--output", "json"]);

        Assert.Equal(command, typed.Asked!.Command);
        Assert.Equal(
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(each => each.Split('=')[0], each => (string?)each.Split('=')[1]),
            typed.Asked.Arguments);
    }

    [Fact]
    public void every_command_is_told_to_those_who_speak_to_the_queue_themselves()
    {
        var documented = RepositoryFiles.Text("docs/cli.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();

        foreach (var command in Commands(NovaNetBus.Cli.CommandLine.Tree(new Conversation(Typed.Answered(null).Surroundings()))).OfType<AdminCommand>())
        {
            var words = HelpWithExamples.PathOf(command)["novanet ".Length..];
            var line = Assert.Single(documented, line => line.Split('|')[1].Contains($"`{words}`", StringComparison.Ordinal));
            foreach (var name in command.Arguments.Select(word => word.Name.ToLowerInvariant()).Concat(command.Options.Select(option => option.Name.TrimStart('-'))).Except(["help"]))
            {
                Assert.Matches($@"[ *]{name}[ *,(|]", line);
            }
        }
    }

    [Theory]
    [InlineData("2026-11-23T13:30:00+02:00", "2026-11-23T11:30:00.0000000Z")]
    [InlineData("2026-11-23 11:30", "2026-11-23T11:30:00.0000000Z")]
    [InlineData("2026-11-23T11:30:00.1234567Z", "2026-11-23T11:30:00.1234567Z")]
    [InlineData("90s", "2026-11-23T11:58:30.0000000Z")]
    [InlineData("10m ago", "2026-11-23T11:50:00.0000000Z")]
    [InlineData("now", "2026-11-23T12:00:00.0000000Z")]
    public async Task a_time_is_typed_in_many_forms_and_travels_as_utc(string typed, string sent)
    {
        var line = new Typed(new AdminReply(null)) { Clock = new ManualClock(Rows.Noon) };

        Assert.Equal(0, await line.Run("state", "show", "--at", typed, "--output", "json"));

        Assert.Equal(sent, line.Asked!.Arguments["at"]);
    }

    [Theory]
    [InlineData("11/23/2026"), InlineData("2026"), InlineData("12:00"), InlineData("10 minutes"), InlineData("-5m"), InlineData("2026-13-01"), InlineData("999999d"), InlineData("")]
    public async Task what_may_be_read_as_two_times_or_none_is_refused(string typed)
    {
        Assert.Equal(2, await Typed.Answered(null).Run("state", "show", "--at", typed));
    }

    [Fact]
    public async Task the_answer_is_waited_for_ten_seconds_or_as_long_as_asked()
    {
        var (usual, asked) = (Typed.Answered(Array.Empty<object>()), Typed.Answered(Array.Empty<object>()));

        await usual.Run("network", "list");
        await asked.Run("network", "list", "--timeout", "3");

        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3)), (usual.Waited, asked.Waited));
    }

    private static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Prepend(command);
}

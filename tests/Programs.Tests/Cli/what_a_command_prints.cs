using System.Text.Json;
using NovaNetBus.Contracts;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

public sealed class what_a_command_prints
{
    [Fact]
    public async Task json_is_one_document_alone_on_stdout_as_the_scheduler_sent_it()
    {
        var sent = new[] { Rows.Network("größe"), Rows.Network("second") };
        var typed = Typed.Answered(sent);

        await typed.Run("network", "list", "--output", "json");

        var document = JsonDocument.Parse(typed.Output).RootElement;
        Assert.True(JsonElement.DeepEquals(JsonSerializer.SerializeToElement(sent, JsonSerializerOptions.Web), document));
        Assert.Equal(251, document[0].GetProperty("addresses").GetProperty("free").GetInt64());
        Assert.Contains("größe", typed.Output, StringComparison.Ordinal);
        Assert.Empty(typed.Error);
    }

    [Fact]
    public async Task json_of_a_command_without_a_result_is_an_empty_object()
    {
        var typed = Typed.Answered(null);

        await typed.Run("network", "delete", "private", "--output", "json");

        Assert.Equal("{}", typed.Output.TrimEnd());
    }

    [Fact]
    public async Task a_table_for_a_pipe_is_plain_and_whole()
    {
        var typed = Typed.Answered(new[] { Rows.Fixed() });

        await typed.Run("fixed", "list");

        var lines = typed.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal(
            $"10.200.100.3 leased demo compute-1 {Rows.Id} vm-1 fa:16:3e:00:00:01 2026-11-23 12:00:00Z {Rows.Id}",
            string.Join(' ', lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
        Assert.Equal(lines[0].IndexOf("STATE", StringComparison.Ordinal), lines[1].IndexOf("leased", StringComparison.Ordinal));
        Assert.Empty(typed.Error);
    }

    [Theory]
    [InlineData("network list"), InlineData("fixed list"), InlineData("instance list"), InlineData("host list"), InlineData("host drain net-1")]
    [InlineData("host forget compute-9"), InlineData("floating list"), InlineData("floating pools"), InlineData("floating delete --ip-range 203.0.113.0/28")]
    [InlineData("vpn list"), InlineData("events list"), InlineData("address history 10.200.100.3"), InlineData("errors list")]
    public async Task on_a_terminal_no_line_is_wider_than_it_and_no_address_is_cut(string line)
    {
        for (var width = 60; width <= 220; width += 20)
        {
            var typed = Typed.AnsweredInKind(width);

            await typed.Run(line.Split(' '));

            Assert.All(typed.Output.Split('\n'), each => Assert.True(each.Length <= width, $"{each.Length} > {width}: {each}"));
            Assert.DoesNotContain("…", typed.Output, StringComparison.Ordinal);
            Assert.Equal(5, typed.Output.TrimEnd().Split('\n').Length); // three borders, the headers, the row
            Assert.Equal(Columns(typed.Output) < Columns(await Wide(line)), typed.Error.Contains("Not shown", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task escape_sequences_come_only_when_colour_is_wanted(bool colour)
    {
        var typed = Typed.Answered(new[] { Rows.Host() }, 200, colour);

        await typed.Run("host", "list");

        Assert.Equal(colour, typed.Output.Contains('\u001b', StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_an_instance_calls_itself_cannot_move_the_cursor()
    {
        var typed = Typed.Answered(new[] { Rows.Fixed("evil\u001b[2J[red]\r\nx") });

        await typed.Run("fixed", "list");

        Assert.DoesNotContain('\u001b', typed.Output);
        Assert.Contains("evil\uFFFD[2J[red]\uFFFD\uFFFDx", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_network_is_shown_with_all_its_fields()
    {
        var typed = Typed.Answered(Rows.Network());

        await typed.Run("network", "show", "private");

        Assert.Contains("addresses         256: 251 free, 2 allocated, 3 reserved", typed.Output, StringComparison.Ordinal);
        Assert.Contains("bridge interface  eth1", typed.Output, StringComparison.Ordinal);
        Assert.Contains("host              (each)", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_instance_is_shown_with_its_nics_or_its_failure()
    {
        var (configured, failed) = (Typed.Answered(Rows.Instance()), Typed.Answered(
            Rows.Instance() with { State = "failed", Code = ErrorCodes.NoMoreFixedIps, Message = "Network private is full.", Configured = null }));

        await configured.Run("instance", "show", Rows.Id.ToString());
        await failed.Run("instance", "show", Rows.Id.ToString());

        Assert.Contains("tap6f1e0c7e-2f  10.200.100.3/24  fa:16:3e:00:00:01", configured.Output, StringComparison.Ordinal);
        Assert.Contains("no-more-fixed-ips: Network private is full.", failed.Output, StringComparison.Ordinal);
        Assert.Contains("No NICs.", failed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nft", "table inet novanetbus {\n}\n")]
    [InlineData("dnsmasq", "# /var/lib/novanet/a.conf\nport=53\n")]
    [InlineData("json", "{\n  \"links\": [\n    \"br100\"\n  ]\n}\n")]
    public async Task a_hosts_rules_and_files_are_printed_as_they_are(string format, string printed)
    {
        var typed = Typed.Answered(Rows.Rendering(format));

        await typed.Run("host", "render", "compute-1", "--format", format);

        Assert.Equal((printed, ""), (typed.Output, typed.Error));
    }

    [Fact]
    public async Task the_world_of_a_time_is_shown_in_tables()
    {
        var typed = Typed.Answered(Rows.World());

        await typed.Run("state", "show", "--at", "1h");

        foreach (var told in new[] { "at          2026-11-23 12:00:00Z", "last event  7", "10.200.100.0/24", "10.200.100.3", "203.0.113.107", "configured" })
        {
            Assert.Contains(told, typed.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task a_projects_limits_are_shown_beside_what_it_has()
    {
        var typed = Typed.AnsweredInKind();

        await typed.Run("project", "show", "demo");

        Assert.Contains("fixed ips     2 of any number", typed.Output, StringComparison.Ordinal);
        Assert.Contains("floating ips  1 of 10", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task who_held_an_address_is_shown_with_since_when()
    {
        var typed = Typed.AnsweredInKind();

        await typed.Run("address", "owner", "10.200.100.3");

        Assert.Contains($"instance     {Rows.Id}", typed.Output, StringComparison.Ordinal);
        Assert.Contains("from         2026-11-23 12:00:00Z", typed.Output, StringComparison.Ordinal);
        Assert.Contains("until        -", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_empty_list_says_so_beside_stdout()
    {
        var typed = Typed.Answered(Array.Empty<HostRow>());

        Assert.Equal(0, await typed.Run("host", "list"));

        Assert.Equal(("", "No hosts."), (typed.Output, typed.Error.TrimEnd()));
    }

    private static int Columns(string table) => table.Split('\n')[1].Count(each => each == '│') - 1;

    private static async Task<string> Wide(string line)
    {
        var typed = Typed.AnsweredInKind(1000);
        await typed.Run(line.Split(' '));
        return typed.Output;
    }
}

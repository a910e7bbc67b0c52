using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

public sealed class what_a_command_ends_with
{
    [Fact]
    public async Task a_refusal_is_1_with_its_code_and_message_on_stderr()
    {
        var typed = new Typed(new AdminReply(null, ErrorCodes.CidrConflict, "10.0.0.0/24 overlaps network private: choose another range."));

        var code = await typed.Run("network", "create", "x", "--fixed-range-v4", "10.0.0.0/24", "--output", "json");

        Assert.Equal(1, code);
        Assert.Equal("cidr-conflict: 10.0.0.0/24 overlaps network private: choose another range.", typed.Error.TrimEnd());
        Assert.Empty(typed.Output);
    }

    [Theory]
    [InlineData("", "Required command")]
    [InlineData("network", "Required command")]
    [InlineData("bogus", "'bogus'")]
    [InlineData("network create --fixed-range-v4 10.0.0.0/24", "LABEL is missing")]
    [InlineData("network create a --label b --fixed-range-v4 10.0.0.0/24", "'b'")]
    [InlineData("network create a", "--fixed-range-v4")]
    [InlineData("network create a --fixed-range-v4 10.0.0.0/24 --vlan 4095", "--vlan")]
    [InlineData("network create a --fixed-range-v4 10.0.0.0/24 --num-networks -1", "--num-networks")]
    [InlineData("network create a --fixed-range-v4 10.0.0.0/24 --multi-host maybe", "--multi-host")]
    [InlineData("network create a --fixed-range-v4 10.0.0.0/24 --vlan", "--vlan")]
    [InlineData("network create a --fixed-range-v4 10.0.0.0/24 --no-such-option", "--no-such-option")]
    [InlineData("network list --output yaml", "yaml")]
    [InlineData("network list --timeout 0", "--timeout")]
    [InlineData("network show", "NETWORK is missing")]
    [InlineData("network modify private", "Say what to change")]
    [InlineData("network modify private --project a --disassociate-project", "two commands")]
    [InlineData("network modify private --host a --disassociate-host", "two commands")]
    [InlineData("floating create", "--ip-range")]
    [InlineData("floating associate 203.0.113.7", "--instance")]
    [InlineData("project quota demo --fixed-ips -2", "--fixed-ips")]
    [InlineData("vpn change --project demo --ip 203.0.113.5 --port 70000", "--port")]
    [InlineData("events list --since yesterday", "--since")]
    [InlineData("events list --limit 0", "--limit")]
    [InlineData("events export --format xml", "xml")]
    [InlineData("host render compute-1 --format yaml", "yaml")]
    [InlineData("errors retry", "--all")]
    [InlineData("errors retry x --all", "--all")]
    public async Task a_line_that_cannot_be_understood_is_2_says_why_and_asks_nothing(string line, string why)
    {
        var typed = Typed.Answered(null);

        var code = await typed.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, code);
        Assert.Contains(why, typed.Error, StringComparison.Ordinal);
        Assert.Contains("--help'", typed.Error, StringComparison.Ordinal);
        Assert.Empty(typed.Output);
        Assert.Null(typed.Asked);
    }

    [Fact]
    public async Task no_connection_is_3_and_says_which()
    {
        var typed = new Typed(new AdminReply(null)) { Failure = new NoConnectionException("no scheduler answered within 10 s") };

        Assert.Equal(3, await typed.Run("host", "list"));
        Assert.Equal("no connection: no scheduler answered within 10 s", typed.Error.TrimEnd());
        Assert.Empty(typed.Output);
    }

    [Fact]
    public async Task an_answer_that_is_not_of_the_contract_is_3_not_a_crash()
    {
        Assert.Equal(3, await Typed.Answered("what?").Run("network", "list"));
    }

    [Fact]
    public async Task an_interrupted_command_is_130()
    {
        var typed = new Typed(new AdminReply(null)) { Failure = new OperationCanceledException() };

        Assert.Equal(130, await typed.Run("host", "list"));
    }

    [Theory]
    [InlineData(null, "ConnectionStrings__RabbitMq")]
    [InlineData("Host=x;Password=s3cret", "amqp://USER")]
    [InlineData("http://u:s3cret@127.0.0.1", "amqp://USER")]
    [InlineData("amqp://u:s3cret@127.0.0.1:1/", "127.0.0.1:1")]
    public async Task without_a_broker_the_reason_is_told_but_never_the_password(string? connectionString, string told)
    {
        var admin = new RabbitAdmin(connectionString);
        var request = new AdminRequest("host list", new Dictionary<string, string?>());

        var none = await Assert.ThrowsAsync<NoConnectionException>(
            () => admin.Ask(request, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));

        Assert.Contains(told, none.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", none.Message, StringComparison.Ordinal);
    }
}

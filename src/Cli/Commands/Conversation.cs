using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>One question to the scheduler and its answer, shown as asked for.</summary>
internal sealed class Conversation(IAdmin admin, Streams streams)
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    /// <summary>How the result is written.</summary>
    public Option<string> Output { get; } = new Option<string>("--output", "-o")
    {
        Description = "How the result is written: a table, or one JSON document",
        DefaultValueFactory = _ => "table",
        Recursive = true,
    }.AcceptOnlyFromAmong("table", "json");

    /// <summary>How long an answer is waited for, in seconds, 1 to 3600.</summary>
    public Option<string> Timeout { get; } = Limited();

    /// <summary>Asks, writes result or refusal, and returns one of <see cref="ExitCodes"/>.</summary>
    public async Task<int> Ask(ParseResult parsed, AdminRequest request, Action<Streams, JsonElement> table, CancellationToken stop)
    {
        try
        {
            var timeout = TimeSpan.FromSeconds(Arguments.NumberOf(parsed.GetValue(Timeout)));
            var reply = await admin.Ask(request, timeout, stop);
            return reply.Code is null ? Show(parsed, reply.Result ?? Nothing, table) : Refuse(reply);
        }
        catch (NoConnectionException none)
        {
            streams.Error.WriteLine("no connection: " + Printable.Of(none.Message));
            return ExitCodes.NoConnection;
        }
        catch (JsonException)
        {
            streams.Error.WriteLine("no connection: the scheduler's answer cannot be read: are both programs of the same version?");
            return ExitCodes.NoConnection;
        }
    }

    private int Show(ParseResult parsed, JsonElement result, Action<Streams, JsonElement> table)
    {
        if (parsed.GetValue(Output) == "json")
        {
            JsonDocumentOutput.Write(streams, result);
        }
        else
        {
            table(streams, result);
        }

        return ExitCodes.Done;
    }

    private int Refuse(AdminReply reply)
    {
        streams.Error.WriteLine($"{Printable.Of(reply.Code)}: {Printable.Of(reply.Message)}");
        return ExitCodes.Refused;
    }

    private static Option<string> Limited()
    {
        var option = Arguments.Number("--timeout", "SECONDS", "How long to wait for the scheduler", 1, 3600);
        option.DefaultValueFactory = _ => "10";
        option.Recursive = true;
        return option;
    }
}

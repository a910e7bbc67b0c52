using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>One question to the scheduler and its answer, shown as asked for.</summary>
internal sealed class Conversation(Surroundings surroundings)
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    /// <summary>Where the tool writes and reads.</summary>
    public Surroundings Surroundings => surroundings;

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
            var reply = await surroundings.Admin.Ask(request, timeout, stop);
            if (reply.Code is not null)
            {
                return Refuse(reply);
            }

            Show(parsed, reply.Result ?? Nothing, table);
            return ExitCodes.Done;
        }
        catch (NoConnectionException none)
        {
            surroundings.Streams.Error.WriteLine("no connection: " + Printable.Of(none.Message));
            return ExitCodes.NoConnection;
        }
        catch (JsonException)
        {
            surroundings.Streams.Error.WriteLine("no connection: the scheduler's answer cannot be read: are both programs of the same version?");
            return ExitCodes.NoConnection;
        }
    }

    /// <summary>Writes a result as JSON or, for people, with <paramref name="table"/>.</summary>
    public void Show(ParseResult parsed, JsonElement result, Action<Streams, JsonElement> table)
    {
        if (parsed.GetValue(Output) == "json")
        {
            JsonDocumentOutput.Write(surroundings.Streams, result);
        }
        else
        {
            table(surroundings.Streams, result);
        }
    }

    private int Refuse(AdminReply reply)
    {
        surroundings.Streams.Error.WriteLine($"{Printable.Of(reply.Code)}: {Printable.Of(reply.Message)}");
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

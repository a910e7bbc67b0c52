using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>Questions to the scheduler and their answers, shown as asked for.</summary>
internal sealed class Conversation(Surroundings surroundings)
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    /// <summary>Where the tool writes and reads.</summary>
    public Surroundings Surroundings => surroundings;

    /// <summary>Tells that something goes on.</summary>
    public Progress Progress { get; } = new(surroundings.Streams, surroundings.Clock);

    /// <summary>How the result is written.</summary>
    public Option<string> Output { get; } = new Option<string>("--output", "-o")
    {
        HelpName = "table|json",
        Description = "How the result is written: a table, or one JSON document",
        DefaultValueFactory = _ => "table",
        Recursive = true,
    }.AcceptOnlyFromAmong("table", "json");

    /// <summary>How long an answer is waited for, in seconds, 1 to 3600.</summary>
    public Option<string> Timeout { get; } = Limited();

    /// <summary>Configuration files, which the config commands read.</summary>
    public Option<string[]> ConfigFiles { get; } = new("--config-file")
    {
        HelpName = "FILE",
        Description = "An oslo INI file such as nova.conf, for the config commands; all others ask the scheduler, which has its own",
        Recursive = true,
    };

    /// <summary>Asks, writes result or refusal, and returns one of <see cref="ExitCodes"/>.</summary>
    public Task<int> Ask(ParseResult parsed, AdminRequest request, Action<Streams, JsonElement> table, CancellationToken stop) => CarryOut(async () =>
    {
        Show(parsed, await Progress.WaitingFor("the scheduler", Answer(parsed, request, stop)), table);
        return ExitCodes.Done;
    });

    /// <summary>The result alone. Throws <see cref="RefusedException"/> and <see cref="NoConnectionException"/>, as <see cref="CarryOut"/> expects.</summary>
    public async Task<JsonElement> Answer(ParseResult parsed, AdminRequest request, CancellationToken stop)
    {
        var timeout = TimeSpan.FromSeconds(Arguments.NumberOf(parsed.GetValue(Timeout)));
        var reply = await surroundings.Admin.Ask(request, timeout, stop);
        return reply.Code is null ? reply.Result ?? Nothing : throw new RefusedException(reply.Code, reply.Message);
    }

    /// <summary>Does the work; a refusal or a missing connection is told on stderr and becomes its exit code.</summary>
    public async Task<int> CarryOut(Func<Task<int>> work)
    {
        var error = surroundings.Streams.Error;
        try
        {
            return await work();
        }
        catch (RefusedException refused)
        {
            error.WriteLine($"{Printable.Of(refused.Code)}: {Printable.Of(refused.Message)}");
            return ExitCodes.Refused;
        }
        catch (NoConnectionException none)
        {
            error.WriteLine("no connection: " + Printable.Of(none.Message));
            return ExitCodes.NoConnection;
        }
        catch (JsonException)
        {
            error.WriteLine("no connection: the scheduler's answer cannot be read: are both programs of the same version?");
            return ExitCodes.NoConnection;
        }
    }

    /// <summary>True when the result is to be JSON.</summary>
    public bool WantsJson(ParseResult parsed) => parsed.GetValue(Output) == "json";

    /// <summary>Writes a result as JSON or, for people, with <paramref name="table"/>.</summary>
    public void Show(ParseResult parsed, JsonElement result, Action<Streams, JsonElement> table)
    {
        if (WantsJson(parsed))
        {
            JsonDocumentOutput.Write(surroundings.Streams, result);
        }
        else
        {
            table(surroundings.Streams, result);
        }
    }

    private static Option<string> Limited()
    {
        var option = Arguments.Number("--timeout", "SECONDS", "How long to wait for the scheduler", 1, 3600);
        option.DefaultValueFactory = _ => "10";
        option.Recursive = true;
        return option;
    }
}

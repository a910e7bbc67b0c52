using System.Text.Json;
using NovaNetBus.Cli;
using NovaNetBus.Cli.Log;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Options;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

/// <summary>One command line, run against an admin that answers as told and remembers what it was asked.</summary>
internal sealed class Typed(Func<AdminRequest, Task<AdminReply>> answer, int? width = null, bool colour = false, bool live = false) : IAdmin, ILogWork
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public Typed(AdminReply reply, int? width = null, bool colour = false)
        : this(_ => Task.FromResult(reply), width, colour)
    {
    }

    public List<AdminRequest> Questions { get; } = [];

    public AdminRequest? Asked => Questions.LastOrDefault();

    public TimeSpan Waited { get; private set; }

    public Exception? Failure { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public OptionSources Sources { get; init; } = new([], new Dictionary<string, string>(), "127.0.0.1:0", []);

    /// <summary>What a verification comes to.</summary>
    public VerifyReport Verified { get; init; } = new(7, 3, 1.5, []);

    /// <summary>A verification takes as long as this.</summary>
    public Task LogWork { get; init; } = Task.CompletedTask;

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public static Typed Answered(object? result, int? width = null, bool colour = false) => new(Reply(result), width, colour);

    /// <summary>Answers each command as a scheduler may.</summary>
    public static Typed AnsweredInKind(int? width = null) => new(request => Task.FromResult(Reply(Rows.AnswerTo(request.Command))), width);

    public static AdminReply Reply(object? result) => new(result is null ? null : JsonSerializer.SerializeToElement(result, JsonSerializerOptions.Web));

    public Task<int> Run(params string[] args) => RunUntil(args, TestContext.Current.CancellationToken);

    public Task<int> RunUntil(string[] args, CancellationToken stop) => NovaNetBus.Cli.CommandLine.Run(args, Surroundings(), stop);

    public Surroundings Surroundings() => new(new Streams(_output, _error, width, colour, live), this, this, Sources, Clock);

    public Task<AdminReply> Ask(AdminRequest request, TimeSpan timeout, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        Questions.Add(request);
        Waited = timeout;
        return Failure is null ? answer(request) : Task.FromException<AdminReply>(Failure);
    }

    public async Task<VerifyReport> Verify(Action<long> progress, CancellationToken stop)
    {
        progress(7);
        await LogWork;
        return Verified;
    }

    public Task<ReplayReport> Replay(string into, Action<long> progress, CancellationToken stop) =>
        Failure is null ? Task.FromResult(new ReplayReport(into, 7, 3, 1.5, Verified.Differences)) : Task.FromException<ReplayReport>(Failure);
}

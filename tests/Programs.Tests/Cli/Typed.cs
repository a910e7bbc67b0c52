using System.Text.Json;
using NovaNetBus.Cli;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Options;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

/// <summary>One command line, run against an admin that answers as told and remembers what it was asked.</summary>
internal sealed class Typed(AdminReply reply, int? width = null, bool colour = false) : IAdmin
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public AdminRequest? Asked { get; private set; }

    public TimeSpan Waited { get; private set; }

    public Exception? Failure { get; init; }

    public OptionSources Sources { get; init; } = new([], new Dictionary<string, string>(), "127.0.0.1:0", []);

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public static Typed Answered(object? result, int? width = null, bool colour = false) =>
        new(new AdminReply(result is null ? null : JsonSerializer.SerializeToElement(result, JsonSerializerOptions.Web)), width, colour);

    public Task<int> Run(params string[] args) =>
        NovaNetBus.Cli.CommandLine.Run(args, new Surroundings(new Streams(_output, _error, width, colour), this, Sources), TestContext.Current.CancellationToken);

    public Task<AdminReply> Ask(AdminRequest request, TimeSpan timeout, CancellationToken stop)
    {
        (Asked, Waited) = (request, timeout);
        return Failure is null ? Task.FromResult(reply) : Task.FromException<AdminReply>(Failure);
    }
}

using NovaNetBus.Integration.Tests.Programs;
using Xunit;

namespace NovaNetBus.Integration.Tests;

/// <summary>Each example of docs/publishing.md, run as it stands there against the published programs.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class publishing_guide(RunningPrograms programs) : IAsyncLifetime
{
    private const string Python3 = "/usr/bin/python3"; // the one that Debian's python3-pika belongs to
    private static readonly TimeSpan ToRun = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ToBuild = TimeSpan.FromMinutes(5);

    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "publishing-guide", Guid.NewGuid().ToString("N"));

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        if (!(await programs.NovanetAsync("network", "list", "--output", "json")).Contains("\"private\"", StringComparison.Ordinal))
        {
            await programs.NovanetAsync(GuideExamples.Shell("novanet network create"));
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void every_example_is_run_by_a_test() => Assert.Equal((3, 2), (GuideExamples.Count("python"), GuideExamples.Count("csharp")));

    [Fact]
    public async Task python_spawns_and_hears_the_answer_while_a_listener_hears_the_facts()
    {
        await using var queue = new QueueOfTheExample("example.facts");
        await using var listener = programs.Start(Python3, Script("listen.py"), programs.Host);
        await Eventually.HoldsAsync("listen.py listens", () => listener.HasEnded || listener.Output.Contains("listening", StringComparison.Ordinal));

        await using var spawn = programs.Start(Python3, Script("spawn.py"), programs.Host);
        AssertPluggedAndReleased(await spawn.SucceedsAsync(ToRun));

        await Eventually.HoldsAsync("the listener heard of it", () => listener.Output.Contains(" released: 10.0.0.", StringComparison.Ordinal));
        Assert.Matches(@"(?m)^[0-9a-f-]{36} configured: 10\.0\.0\.\d+\r?$", listener.Output);
    }

    [Fact]
    public async Task python_names_the_type_when_it_bypasses_the_exchange()
    {
        await using var direct = programs.Start(Python3, Script("direct.py"), programs.Host);

        var lines = (await direct.SucceedsAsync(ToRun)).Trim().Split('\n');

        Assert.Equal(
            [
                "novanet.instance-spawning -> novanet.host-network-configured",
                "novanet.no-such-event -> novanet.instance-network-failed invalid-message",
                "novanet.instance-deleted -> novanet.instance-network-released",
            ],
            lines);
    }

    [Fact]
    public async Task python_is_told_why_a_host_that_nobody_knows_cannot_serve()
    {
        // All but the pauses between its attempts as it stands: the failure may pass, so it tries again.
        await using var spawn = programs.Start(Python3, "-c", Impatient(GuideExamples.Python("spawn.py")), "no-such-host");

        var ended = await Assert.ThrowsAsync<InvalidOperationException>(() => spawn.SucceedsAsync(ToRun));

        Assert.Contains("host-not-found: ", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task csharp_with_rabbitmq_client_spawns_and_listens()
    {
        var output = await BuildAndRunAsync("RabbitMQ.Client", """<PackageReference Include="RabbitMQ.Client" />""");

        AssertPluggedAndReleased(output);
        Assert.Contains("heard novanet.host-network-configured of ", output, StringComparison.Ordinal);
        Assert.Contains("heard novanet.instance-network-released of ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task csharp_with_masstransit_and_the_contracts_spawns_and_listens()
    {
        var contracts = Path.Combine(RunningPrograms.Root, "src", "Contracts", "Contracts.csproj");

        var output = await BuildAndRunAsync("MassTransit", $"""<PackageReference Include="MassTransit.RabbitMQ" /><ProjectReference Include="{contracts}" />""");

        AssertPluggedAndReleased(output);
        Assert.Contains("heard configured, generation 1", output, StringComparison.Ordinal);
    }

    private static void AssertPluggedAndReleased(string output)
    {
        Assert.Matches(@"(?m)^plug \S{1,15} \(fa:16:3e(:[0-9a-f]{2}){3}\) into br100: 10\.0\.0\.\d+/24\r?$", output);
        Assert.Matches(@"(?m)^released 10\.0\.0\.\d+\r?$", output);
    }

    /// <summary>The durable queue that an example leaves behind, as it should.</summary>
    private sealed class QueueOfTheExample(string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await RunningPrograms.DeleteQueuesAsync(name);
    }

    private static string Impatient(string script) => script.Replace("time.sleep(2**attempt)", "time.sleep(0)", StringComparison.Ordinal);

    private string Script(string name)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, GuideExamples.Python(name));
        return path;
    }

    /// <summary>Inside the repository, so that its central package versions and its warnings hold for the example as well.</summary>
    private async Task<string> BuildAndRunAsync(string library, string references)
    {
        var project = $"""<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup><ItemGroup>{references}</ItemGroup></Project>""";
        await File.WriteAllTextAsync(Path.Combine(_folder, "Spawn.csproj"), project);
        await File.WriteAllTextAsync(Path.Combine(_folder, "Program.cs"), GuideExamples.CSharp(library));
        var built = Path.Combine(_folder, "built");
        await using var build = programs.Start(
            "dotnet", "build", _folder, "--configuration", "Release", "--output", built, "--nologo", "--verbosity", "quiet", "--disable-build-servers");
        await build.SucceedsAsync(ToBuild);
        await using var spawn = programs.Start(Path.Combine(built, "Spawn"), programs.Host);
        return await spawn.SucceedsAsync(ToRun);
    }
}

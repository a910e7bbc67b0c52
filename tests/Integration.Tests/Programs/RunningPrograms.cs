using System.Text.Json;
using System.Text.RegularExpressions;
using NovaNetBus.Contracts;
using Npgsql;
using RabbitMQ.Client;
using Xunit;

namespace NovaNetBus.Integration.Tests.Programs;

/// <summary>Tests of the published programs: no other test runs beside them, as there is one scheduler's queue on a broker.</summary>
[CollectionDefinition(nameof(RunningPrograms), DisableParallelization = true)]
public sealed class RunningProgramsCollection : ICollectionFixture<RunningPrograms>;

/// <summary>The published scheduler and one worker that touches nothing of the machine (fake_network), with a database and a host name of their own.</summary>
public sealed class RunningPrograms : IAsyncLifetime
{
    private readonly string _name = "guide-" + Guid.NewGuid().ToString("N")[..12];
    private readonly Dictionary<string, Child> _children = [];
    private readonly List<string> _hosts = [];
    private Dictionary<string, string> _environment = [];

    /// <summary>The worker's name.</summary>
    public string Host => _name;

    internal static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The programs' database.</summary>
    public string Postgres => _environment["ConnectionStrings__Postgres"];

    private string Database => _name.Replace('-', '_');

    private string StatePath => Path.Combine(Path.GetTempPath(), _name);

    public async ValueTask InitializeAsync()
    {
        await DeleteQueuesAsync(Wire.ErrorQueue(Wire.SchedulerQueue)); // what others have left there
        await ExecuteAsync($"CREATE DATABASE {Database}");
        var store = new NpgsqlConnectionStringBuilder(Services.Postgres) { Database = Database };
        _environment = new() { ["ConnectionStrings__RabbitMq"] = Services.RabbitMq, ["ConnectionStrings__Postgres"] = store.ConnectionString };
        StartScheduler();
        await StartWorkerAsync(Host);
    }

    /// <summary>kill -9; another one takes its place.</summary>
    public async Task ReplaceSchedulerAsync(params string[] options)
    {
        await _children[""].DisposeAsync();
        StartScheduler(options);
    }

    /// <summary>kill -9.</summary>
    public async Task KillWorkerAsync(string host)
    {
        _children.Remove(host, out var worker);
        await worker!.DisposeAsync();
    }

    /// <summary>The worker of one more host; returns when the scheduler has heard of it.</summary>
    public async Task StartWorkerAsync(string host, params IEnumerable<string> options)
    {
        _hosts.Add(host);
        _children[host] = Start(
            Published("novanet-worker"), ["--host", host, "--fake_network=true", "--multi_host=true", "--http_listen=127.0.0.1:0", "--state_path", StatePath, .. options]);
        await Eventually.HoldsAsync($"the scheduler tells that {host} is alive", () => IsAliveAsync(host));
    }

    /// <summary>Runs <c>novanet</c> with these words and returns its standard output; a refusal is an exception.</summary>
    public async Task<string> NovanetAsync(params IEnumerable<string> words)
    {
        await using var novanet = Start(Published("novanet"), words);
        return await novanet.SucceedsAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Starts any program with this world's connections.</summary>
    internal Child Start(string program, params IEnumerable<string> arguments) => Child.Start(program, _environment, arguments);

    /// <summary>What the worker of a host, or (null) the scheduler, answers at a path.</summary>
    public async Task<string> HttpAsync(string? host, string path)
    {
        var program = _children[host ?? ""];
        var address = Regex.Match(program.Output, @"Now listening on: \\?""(http://[0-9.:]+)");
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(address.Groups[1].Value + path));
    }

    /// <summary>Does something to this world's database behind the programs' back.</summary>
    public async Task ExecuteInStoreAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(_environment["ConnectionStrings__Postgres"]);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children.Values)
        {
            await child.DisposeAsync();
        }

        await DeleteQueuesAsync([.. _hosts.Select(Wire.WorkerQueue).SelectMany(queue => new[] { queue, Wire.ErrorQueue(queue), queue + "_skipped" })]);
        await ExecuteAsync($"DROP DATABASE {Database} WITH (FORCE)");
        if (Directory.Exists(StatePath))
        {
            Directory.Delete(StatePath, recursive: true);
        }
    }

    internal static async Task DeleteQueuesAsync(params string[] queues)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(Services.RabbitMq) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in queues)
        {
            await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false);
        }
    }

    private async Task<bool> IsAliveAsync(string host)
    {
        if (_children.Values.FirstOrDefault(child => child.HasEnded) is { } ended)
        {
            throw new InvalidOperationException("A program ended at its start:\n" + ended.Output);
        }

        try
        {
            using var hosts = JsonDocument.Parse(await NovanetAsync("host", "list", "--output", "json", "--timeout", "5"));
            return hosts.RootElement.EnumerateArray().Any(row => row.GetProperty("host").GetString() == host && row.GetProperty("alive").GetBoolean());
        }
        catch (InvalidOperationException)
        {
            return false; // no scheduler answers yet
        }
    }

    internal static string Published(string program)
    {
        var path = Path.Combine(Root, "artifacts", "bin", program);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: run scripts/build.sh.");
    }

    private void StartScheduler(params string[] options) => _children[""] = Start(Published("novanet-scheduler"), ["--http_listen=127.0.0.1:0", .. options]);

    internal static async Task ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(Services.Postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "NovaNetBus.sln"))
            ? folder
            : FindRoot(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("These tests run inside a checkout of NovaNetBus."));
}

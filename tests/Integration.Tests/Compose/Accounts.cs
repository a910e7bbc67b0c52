using NovaNetBus.Integration.Tests.Programs;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Compose;

/// <summary>A virtual host and a database of their own, with the users that the scripts of compose/ make in them.</summary>
public sealed class Accounts : IAsyncLifetime
{
    public const string Host = "host-a";
    private const string VirtualHost = "compose-test", Database = "compose_test", Password = "secret-of-a-test";
    private static readonly string[] BrokerUsers = ["scheduler", "worker-" + Host, "compute", "operator"], Roles = ["scheduler", "worker", "auditor"];
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public async ValueTask InitializeAsync()
    {
        await ClearAsync();
        await ControlAsync("add_vhost", VirtualHost);
        await RunAsync(Script("broker/users.sh"), new()
        {
            ["VHOST"] = VirtualHost,
            ["RABBITMQCTL"] = ServicesScript + " rabbitmqctl",
            ["BROKER_SCHEDULER_PASSWORD"] = Password,
            ["BROKER_WORKER_PASSWORD"] = Password,
            ["BROKER_COMPUTE_PASSWORD"] = Password,
            ["BROKER_OPERATOR_PASSWORD"] = Password,
        }, Host);
        var store = new NpgsqlConnectionStringBuilder(Services.Postgres);
        await RunAsync(Script("database/roles.sh"), new()
        {
            ["PSQL"] = $"psql -q -h {store.Host} -p {store.Port} -U {store.Username} -d {store.Database}",
            ["PGPASSWORD"] = store.Password!,
            ["DATABASE"] = Database,
            ["DATABASE_SCHEDULER_PASSWORD"] = Password,
            ["DATABASE_WORKER_PASSWORD"] = Password,
            ["DATABASE_AUDITOR_PASSWORD"] = Password,
        });
    }

    public async ValueTask DisposeAsync() => await ClearAsync();

    /// <summary>The broker's address for one of its users.</summary>
    public static string Broker(string user) =>
        new UriBuilder(Services.RabbitMq) { UserName = user, Password = Password, Path = VirtualHost }.Uri.AbsoluteUri;

    /// <summary>The database's connection string for one of its roles.</summary>
    public static string Store(string role) =>
        new NpgsqlConnectionStringBuilder(Services.Postgres) { Database = Database, Username = role, Password = Password, Pooling = false }.ConnectionString;

    private static string ServicesScript => Path.Combine(RunningPrograms.Root, "scripts", "services.sh");

    private static string Script(string path) => Path.Combine(RunningPrograms.Root, "compose", path);

    private static Task ControlAsync(params string[] words) => RunAsync(ServicesScript, [], ["rabbitmqctl", "-q", .. words]);

    private static async Task RunAsync(string program, Dictionary<string, string> environment, params string[] arguments)
    {
        await using var child = Child.Start(program, environment, arguments);
        await child.SucceedsAsync(Bound);
    }

    /// <summary>What a test that was cut short has left, too.</summary>
    private static async Task ClearAsync()
    {
        foreach (var words in (string[][])[["delete_vhost", VirtualHost], .. BrokerUsers.Select(user => new[] { "delete_user", user })])
        {
            await Record.ExceptionAsync(() => ControlAsync(words));
        }

        await using var connection = new NpgsqlConnection(Services.Postgres);
        await connection.OpenAsync();
        string[] statements = [$"drop database if exists {Database} with (force)", .. Roles.Select(role => $"drop role if exists {role}")];
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}

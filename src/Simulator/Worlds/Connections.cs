using System.Data.Common;
using System.Net;

namespace NovaNetBus.Simulator.Worlds;

/// <summary>Broker and database, in the words of the environment variables that all programs read.</summary>
/// <param name="RabbitMq">amqp:// URI.</param>
/// <param name="Postgres">Npgsql's form; absent: nothing needs the database.</param>
internal sealed record Connections(string RabbitMq, string? Postgres)
{
    private const string RabbitMqVariable = "ConnectionStrings__RabbitMq";
    private const string PostgresVariable = "ConnectionStrings__Postgres";
    private const int DefaultAmqpPort = 5672;
    private const int DefaultPostgresPort = 5432;

    /// <returns>Null when the environment names no broker.</returns>
    public static Connections? FromEnvironment() =>
        Environment.GetEnvironmentVariable(RabbitMqVariable) is { Length: > 0 } broker
            ? new Connections(broker, Environment.GetEnvironmentVariable(PostgresVariable))
            : null;

    /// <summary>The environment's, and nobody else's.</summary>
    public static Connections Required() => FromEnvironment() ?? throw Missing();

    /// <summary>The environment's, else those with which the world came up.</summary>
    public static Connections Find(StateDirectory state) =>
        FromEnvironment() ?? state.Read<WorldState>(WorldState.FileName)?.Connections
        ?? throw Missing();

    public IReadOnlyDictionary<string, string?> AsEnvironment() =>
        new Dictionary<string, string?> { [RabbitMqVariable] = RabbitMq, [PostgresVariable] = Postgres };

    /// <summary>The ports on this machine's loopback that the hosts of the world must reach.</summary>
    /// <exception cref="SimulatorException">One of them is elsewhere.</exception>
    public IReadOnlyList<int> LoopbackPorts()
    {
        var broker = new Uri(RabbitMq);
        var ports = new List<int> { LoopbackPort(broker.Host, broker.Port > 0 ? broker.Port : DefaultAmqpPort) };
        if (Postgres is { Length: > 0 })
        {
            var words = new DbConnectionStringBuilder { ConnectionString = Postgres };
            var host = words.TryGetValue("Host", out var h) || words.TryGetValue("Server", out h) ? (string)h : "localhost";
            ports.Add(LoopbackPort(host, words.TryGetValue("Port", out var port) ? int.Parse((string)port) : DefaultPostgresPort));
        }

        return ports;
    }

    private static SimulatorException Missing() => new($"{RabbitMqVariable} is not set: source .services/env (made by scripts/services.sh up).");

    private static int LoopbackPort(string host, int port) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address))
            ? port
            : throw new SimulatorException($"The hosts of the world reach broker and database on this machine's loopback only, and {host} is not on it.");
}

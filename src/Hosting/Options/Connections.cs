using Microsoft.Extensions.Configuration;

namespace NovaNetBus.Hosting.Options;

/// <summary>Where broker and store are. Never printed: both may hold a password.</summary>
/// <param name="RabbitMq">amqp or amqps URI; null when the program needs none.</param>
/// <param name="Postgres">Npgsql connection string; null when the program needs none.</param>
public sealed record Connections(string? RabbitMq, string? Postgres)
{
    /// <summary>Hides the passwords.</summary>
    public override string ToString() => "Connections { RabbitMq, Postgres }";

    /// <summary>From <c>ConnectionStrings__RabbitMq</c> and <c>ConnectionStrings__Postgres</c> in the environment, else from appsettings.json; faults name what is missing.</summary>
    public static Connections Read(OptionSources sources, bool needsBroker, bool needsStore, List<string> faults)
    {
        var broker = Find(sources, "RabbitMq");
        var store = Find(sources, "Postgres");
        if (needsBroker && broker is null)
        {
            faults.Add("ConnectionStrings__RabbitMq: missing; set it to the broker's amqp://user:password@host:port/vhost (scripts/services.sh writes .services/env)");
        }
        else if (needsBroker && !(Uri.TryCreate(broker, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps"))
        {
            faults.Add("ConnectionStrings__RabbitMq: not an amqp:// or amqps:// address");
        }

        if (needsStore && store is null)
        {
            faults.Add("ConnectionStrings__Postgres: missing; set it to the store's Host=...;Port=...;Database=...;Username=... (scripts/services.sh writes .services/env)");
        }

        return new Connections(broker, store);
    }

    private static string? Find(OptionSources sources, string name)
    {
        if (sources.Environment.TryGetValue("ConnectionStrings__" + name, out var value) && value.Length > 0)
        {
            return value;
        }

        foreach (var path in sources.SettingsFiles.Where(File.Exists).Reverse())
        {
            try
            {
                if (new ConfigurationBuilder().AddJsonFile(path).Build().GetConnectionString(name) is { Length: > 0 } setting)
                {
                    return setting;
                }
            }
            catch (InvalidDataException)
            {
                // The option reader has told this file's fault.
            }
        }

        return null;
    }
}

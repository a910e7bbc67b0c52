namespace NovaNetBus.Integration.Tests;

/// <summary>Where the real broker and database are; scripts/services.sh writes both into .services/env.</summary>
internal static class Services
{
    public static string RabbitMq => Required("ConnectionStrings__RabbitMq");

    public static string Postgres => Required("ConnectionStrings__Postgres");

    private static string Required(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"{variable} is not set: these tests need a real broker and database. Run scripts/services.sh up and source .services/env.");
}

using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Hosting.Telemetry;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace NovaNetBus.Hosting;

/// <summary>What a program needs of its surroundings.</summary>
/// <param name="HttpListen">Default of http_listen, address:port.</param>
/// <param name="Broker">It needs a connection to the broker.</param>
/// <param name="Store">It needs a connection to the database.</param>
/// <param name="Faults">Options that are right in themselves, but that this program cannot serve: a line for each, beginning with the option's name.</param>
public sealed record ProgramNeeds(string HttpListen, bool Broker = true, bool Store = true, Func<NovaNetOptions, IEnumerable<string>>? Faults = null);

/// <summary>What each process shares: options, logging, health, metrics.</summary>
public static class ProcessDefaults
{
    /// <summary>Exit code after faults in options, as for wrong usage.</summary>
    public const int OptionFault = 2;

    /// <summary>Every room has meters of this name, whose instruments are what <c>/metrics</c> shows: none needs to know another for it.</summary>
    public const string MeterName = "NovaNetBus";

    /// <summary>
    /// Reads options and connections and prepares logging, HTTP and health. On faults prints one line for each to stderr and returns null: the program then ends
    /// with <see cref="OptionFault"/>.
    /// </summary>
    public static NovaNetProgram? Create(string name, string[] args, ProgramNeeds needs)
    {
        var sources = OptionSources.OfProcess(args, needs.HttpListen);
        var reading = OptionReader.Read(sources);
        var faults = reading.Faults.ToList();
        var connections = Connections.Read(sources, needs.Broker, needs.Store, faults);
        if (reading.Options is { } read && needs.Faults is { } check)
        {
            faults.AddRange(check(read));
        }

        if (reading.Options is not { } options || faults.Count > 0)
        {
            faults.ForEach(fault => Console.Error.WriteLine($"{name}: {fault}"));
            return null;
        }

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(ProcessDefaults).Assembly.GetName().Name });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.HttpListen);
        });
        builder.Services.AddSerilog(CreateLogger(name, options), dispose: true);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(reading);
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton(new PrometheusPage()); // listens from now on
        return new NovaNetProgram(name, builder, options, connections);
    }

    /// <summary>The version of the program, as <c>host list</c> shows it.</summary>
    public static string Version { get; } =
        typeof(ProcessDefaults).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static Serilog.Core.Logger CreateLogger(string name, NovaNetOptions options)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal) // each question would be an error line; what is checked tells its own story
            .MinimumLevel.Override("MassTransit", LogEventLevel.Warning)
            .MinimumLevel.Override("Marten", LogEventLevel.Warning)
            .Enrich.FromLogContext()
            .Enrich.WithProperty("Program", name)
            .Enrich.WithProperty("Host", options.Host);
        return Console.IsOutputRedirected
            ? configuration.WriteTo.Console(new RenderedCompactJsonFormatter()).CreateLogger()
            : configuration.Enrich.With<ReadableIds>()
                .WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{Ids}{NewLine}{Exception}").CreateLogger();
    }
}

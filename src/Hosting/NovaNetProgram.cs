using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Hosting.Telemetry;

namespace NovaNetBus.Hosting;

/// <summary>A program with its options read, before it runs.</summary>
/// <param name="Name">As the user calls it.</param>
/// <param name="Builder">For further services and health checks; each health check registered counts for readiness.</param>
public sealed record NovaNetProgram(string Name, WebApplicationBuilder Builder, NovaNetOptions Options, Connections Connections)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Exit code when the store is away at the start, or the HTTP port is taken: the same start may succeed later.</summary>
    private const int CannotStart = 3;

    /// <summary>Where services are added.</summary>
    public IServiceCollection Services => Builder.Services;

    /// <summary>Runs until SIGINT or SIGTERM. Returns the process's exit code.</summary>
    /// <param name="map">Adds more HTTP routes; null: none.</param>
    public async Task<int> RunAsync(Action<WebApplication>? map = null)
    {
        Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        await using var app = Builder.Build();
        app.MapGet("/health/live", () => Results.Json(new { status = "live" }, Json));
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
        app.MapGet("/metrics", MetricsAsync);
        map?.Invoke(app);
        try
        {
            await app.StartAsync();
        }
        catch (Exception fault) when (Outage.IsOutage(fault))
        {
            app.Logger.LogCritical("{Program} cannot start, since what it needs does not answer: {Reason}", Name, fault.GetBaseException().Message);
            return CannotStart;
        }

        await app.WaitForShutdownAsync();
        return 0;
    }

    private static Task MetricsAsync(HttpContext http, PrometheusPage page)
    {
        http.Response.ContentType = PrometheusPage.ContentType;
        return page.WriteAsync(http.Response.Body, http.RequestAborted);
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(
        new
        {
            status = report.Status == HealthStatus.Unhealthy ? "not ready" : "ready",
            checks = report.Entries.Select(check => new
            {
                name = check.Key,
                status = check.Value.Status.ToString().ToLowerInvariant(),
                reason = check.Value.Description ?? check.Value.Exception?.Message,
            }),
        },
        Json);
}

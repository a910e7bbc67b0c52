using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NovaNetBus.NetworkWorker.Kernel;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>Opens the socket that VMs come to. Throws <see cref="SocketException"/> when its port is taken.</summary>
internal delegate MetadataSocket MetadataDoor();

/// <summary>Serves http://169.254.169.254/ to the VMs of this host, as a web server of its own beside that of health and metrics.</summary>
internal sealed partial class MetadataService(MetadataDoor open, VmDirectory vms, TimeProvider clock, ILoggerFactory logs) : BackgroundService, IHealthCheck
{
    private const int MostConnections = 1024, LargestHeaders = 8 * 1024, LongestRequestLine = 2 * 1024, MostHeaders = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromSeconds(5);

    private readonly ILogger log = logs.CreateLogger<MetadataService>();
    private string? notServing = "it has not started";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(notServing is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var socket = open();
                await ServeAsync(socket, stoppingToken);
            }
            catch (SocketException fault)
            {
                notServing = $"metadata_port: {fault.Message}";
                LogNotServing(log, fault.Message);
                await Task.Delay(Pause, clock, stoppingToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private async Task ServeAsync(MetadataSocket socket, CancellationToken stopping)
    {
        using var limits = new VmLimits();
        using var server = new KestrelServer(Options.Create(ServerOptions(socket)), new VmConnections(socket, limits, logs), logs);
        await server.StartAsync(new MetadataApplication(vms, limits), stopping);
        notServing = null;
        var stopped = new TaskCompletionSource();
        await using (stopping.Register(stopped.SetResult))
        {
            await stopped.Task;
        }

        using var limit = new CancellationTokenSource(Patience, clock);
        await server.StopAsync(limit.Token);
    }

    /// <summary>A client that is slow, or says much, or says nothing, is left: it holds a connection of few for seconds at most.</summary>
    private static KestrelServerOptions ServerOptions(MetadataSocket socket)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(socket.EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
        options.Limits.MaxConcurrentConnections = MostConnections;
        options.Limits.MaxRequestHeadersTotalSize = LargestHeaders;
        options.Limits.MaxRequestHeaderCount = MostHeaders;
        options.Limits.MaxRequestLineSize = LongestRequestLine;
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.RequestHeadersTimeout = Patience;
        options.Limits.KeepAliveTimeout = Patience;
        return options;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Metadata cannot be served (metadata_port); trying again: {Reason:l}")]
    private static partial void LogNotServing(ILogger log, string reason);
}

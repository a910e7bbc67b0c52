using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker;
using NovaNetBus.NetworkWorker.Host;
using NovaNetBus.NetworkWorker.Intake;
using NovaNetBus.NetworkWorker.Leases;
using NovaNetBus.NetworkWorker.Metadata;

var program = ProcessDefaults.Create("novanet-worker", args, new ProgramNeeds("127.0.0.1:8781", Faults: options => [.. WorkerSettings.Faults(options), .. InterfaceFaults.Of(options)]));
if (program is null)
{
    return ProcessDefaults.OptionFault;
}

var options = program.Options;
var settings = WorkerSettings.From(options);
if (!options.FakeNetwork)
{
    // Before anything else: it may be the way to broker and database that a killed worker left half-moved.
    using var links = new HostLinks(options.StatePath);
    links.Repair();
}

program.Services.AddLedger(program.Connections.Postgres!, "novanet-worker");
program.Services.AddNovaNetBus(
    program.Connections.RabbitMq!,
    $"novanet-worker {options.Host}",
    new Topology(WorkerHost: options.Host),
    new QueueEndpoint(Wire.WorkerQueue(options.Host), Prefetch: 256, SingleActiveConsumer: true, [typeof(InstanceConsumers), typeof(FloatingConsumers), typeof(MoveConsumers)]));
program.Services
    .AddSingleton(TimeProvider.System)
    .AddSingleton(settings)
    .AddSingleton<NovaNetBus.NetworkWorker.Host.IHost>(_ => options.FakeNetwork ? new DryRunHost() : new KernelHost(options.StatePath, options.SendArpForHa ? options.SendArpForHaCount : 0, endsLeases: options.ForceDhcpRelease))
    .AddSingleton<Outage>()
    .AddSingleton<InstanceOrder>()
    .AddSingleton<HandOver>()
    .AddSingleton(services => new LeaseWatch(
        options.Host, options.FakeNetwork ? null : options.StatePath, services.GetRequiredService<FixedIpLedger>(), TimeProvider.System, services.GetRequiredService<ILogger<LeaseWatch>>()))
    .AddSingleton(services => ActivatorUtilities.CreateInstance<InstanceOnHost>(services, options.Host))
    .AddSingleton<InstancePipeline>()
    .AddSingleton(services => ActivatorUtilities.CreateInstance<MovePipeline>(services, options.Host))
    .AddSingleton(services => ActivatorUtilities.CreateInstance<FloatingPipeline>(services, options.Host))
    .AddSingleton<ViewReader>(services => async cancellation =>
    {
        // What leases were seen to do is recorded before anything can be taken away on account of what is recorded.
        await services.GetRequiredService<LeaseWatch>().CatchUpAsync(cancellation);
        var content = await services.GetRequiredService<HostViews>().ReadAsync(options.Host, cancellation);
        return content.ViewOf(options.Host, settings);
    })
    .AddSingleton<ReconcileRecorder>(services => services.GetRequiredService<HostRegistry>().ReconciledAsync)
    .AddSingleton(services => ActivatorUtilities.CreateInstance<Reconciler>(services, options.Host))
    .AddSingleton(services => ActivatorUtilities.CreateInstance<UnusedGateways>(services, options.Host))
    .AddHostedService(services => services.GetRequiredService<UnusedGateways>())
    .AddSingleton(services => ActivatorUtilities.CreateInstance<NetworkDuties>(services, options.Host))
    .AddSingleton(services => ActivatorUtilities.CreateInstance<NewlyAttended>(services, options.Host))
    .AddSingleton<Heartbeat>()
    .AddHostedService(services => services.GetRequiredService<Heartbeat>())
    .AddHostedService(services => services.GetRequiredService<Reconciler>())
    .AddHostedService(services => services.GetRequiredService<LeaseWatch>())
    .AddMetadata(options, settings)
    .AddHealthChecks().AddCheck<HostHealth>("host");
return await program.RunAsync();

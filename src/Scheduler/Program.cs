using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.Scheduler;
using NovaNetBus.Scheduler.Admin;
using NovaNetBus.Scheduler.Housekeeping;
using NovaNetBus.Scheduler.NetworkHosts;
using NovaNetBus.Scheduler.Routing;

var program = ProcessDefaults.Create("novanet-scheduler", args, new ProgramNeeds("127.0.0.1:8780", Faults: options => [.. NetworkCommands.Faults(options), .. FirstFloatingRange.Faults(options)]));
if (program is null)
{
    return ProcessDefaults.OptionFault;
}

program.Services.AddLedger(program.Connections.Postgres!, "novanet-scheduler");
program.Services.AddNovaNetBus(
    program.Connections.RabbitMq!,
    $"novanet-scheduler {program.Options.Host}",
    new Topology(WorkerHost: null),
    new QueueEndpoint(Wire.SchedulerQueue, Prefetch: 64, SingleActiveConsumer: false, [typeof(UnroutedConsumers)]),
    new QueueEndpoint(Wire.AdminQueue, Prefetch: 8, SingleActiveConsumer: false, [typeof(AdminConsumer)]));
program.Services
    .AddSingleton(TimeProvider.System)
    .AddSingleton<Outage>()
    .AddSingleton<IHostDirectory, HostDirectory>()
    .AddSingleton<WorkerQueues>()
    .AddSingleton<Router>()
    .AddSingleton<FloatingRouter>()
    .AddSingleton<WorkerCalls>()
    .AddSingleton<NetworkCommands>()
    .AddSingleton<FloatingCommands>()
    .AddSingleton<ProjectCommands>()
    .AddSingleton<Listings>()
    .AddSingleton<EventCommands>()
    .AddSingleton<FixedCommands>()
    .AddSingleton<HostCommands>()
    .AddSingleton<ErrorCommands>()
    .AddSingleton<AdminDesk>()
    .AddSingleton<WorkerWatch>()
    .AddHostedService(services => services.GetRequiredService<WorkerWatch>())
    .AddSingleton<Election>()
    .AddSingleton<DrainCommand>()
    .AddHostedService(services => services.GetRequiredService<Election>())
    .AddHostedService<FirstFloatingRange>()
    .AddSingleton<ILeaderTask, Reaper>()
    .AddSingleton<ILeaderTask, ToldFromLog>()
    .AddSingleton<ILeaderTask, PastKept>()
    .AddSingleton<ILeaderTask, LogKeeping>()
    .AddHostedService<LeaderTasks>()
    .AddHostedService<SchedulerMetrics>()
    .AddHealthChecks().AddCheck<WorkersHealth>("workers");
return await program.RunAsync();

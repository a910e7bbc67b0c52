using NovaNetBus.Cli;
using NovaNetBus.Cli.Log;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Hosting.Options;

// Without the command line, which is this tool's own; http_listen is the worker's.
var sources = OptionSources.OfProcess([], "127.0.0.1:8781");
var connections = Connections.Read(sources, needsBroker: false, needsStore: false, []);
await using var admin = new RabbitAdmin(connections.RabbitMq);
return await CommandLine.Run(args, new Surroundings(Streams.OfProcess(), admin, new StoreLog(connections.Postgres), sources, TimeProvider.System));

using NovaNetBus.Cli;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;

var admin = new RabbitAdmin(Environment.GetEnvironmentVariable("ConnectionStrings__RabbitMq"));
return await CommandLine.Run(args, Streams.OfProcess(), admin);

using NovaNetBus.Cli.Log;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Hosting.Options;

namespace NovaNetBus.Cli;

/// <summary>All that the tool touches outside itself.</summary>
/// <param name="Streams">Where it writes.</param>
/// <param name="Admin">Whom it asks.</param>
/// <param name="Log">Who works through the whole log.</param>
/// <param name="Sources">Where a program's options are read from; its arguments are empty.</param>
/// <param name="Clock">What time it is, and when to look again.</param>
internal sealed record Surroundings(Streams Streams, IAdmin Admin, ILogWork Log, OptionSources Sources, TimeProvider Clock);

using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Hosting.Options;

namespace NovaNetBus.Cli.Commands;

/// <summary>What <c>config show</c> prints.</summary>
/// <param name="Options">Every option.</param>
/// <param name="Unused">Keys of the configuration file that are not ours.</param>
internal sealed record EffectiveConfiguration(IReadOnlyList<EffectiveOption> Options, IReadOnlyList<string> Unused);

/// <summary>What <c>config check</c> prints.</summary>
/// <param name="Faults">A line for each, beginning with the option's name.</param>
/// <param name="Unused">Keys of the configuration file that are not ours, which is no fault.</param>
internal sealed record ConfigurationCheck(IReadOnlyList<string> Faults, IReadOnlyList<string> Unused);

/// <summary>The group <c>config</c>: what a worker started here with the same options would read. It asks nobody.</summary>
internal static class ConfigCommands
{
    private static readonly Column<EffectiveOption>[] Columns =
    [
        new("OPTION", option => option.Name),
        new("VALUE", option => Printable.Of(option.Value)),
        new("SOURCE", option => Printable.Of(option.Source), Rank: 1),
    ];

    /// <summary>show and check.</summary>
    public static Command Group(Conversation conversation) => new("config", "Show and check the options that a worker started here would have")
    {
        Reading("show", "Show the effective value of each option and where it came from", conversation, Show),
        Reading("check", "Tell all faults of the configuration at once, each with its option", conversation, Check),
    };

    private static Verb Reading(string name, string description, Conversation conversation, Action<Conversation, ParseResult, OptionReading> write)
    {
        var verb = new Verb(
            name, description + "; any --option VALUE of a program may follow",
            $"novanet config {name}", $"novanet config {name} --config_file /etc/nova/nova.conf --flat_interface eth1")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        verb.SetAction(parsed =>
        {
            var given = (parsed.GetValue(conversation.ConfigFiles) ?? []).Select(file => "--config-file=" + file);
            var reading = OptionReader.Read(conversation.Surroundings.Sources with { Arguments = [.. given, .. parsed.UnmatchedTokens] });
            write(conversation, parsed, reading);
            TellUnused(conversation, reading);
            TellFaults(conversation, reading);
            return reading.Faults.Count == 0 ? ExitCodes.Done : ExitCodes.Usage;
        });
        return verb;
    }

    private static void Show(Conversation conversation, ParseResult parsed, OptionReading reading)
    {
        var document = JsonSerializer.SerializeToElement(new EffectiveConfiguration(reading.Values, reading.Unused), AdminJson.Default.EffectiveConfiguration);
        conversation.Show(parsed, document, (streams, _) => Table.Write(streams, reading.Values, Columns, "No options."));
    }

    private static void Check(Conversation conversation, ParseResult parsed, OptionReading reading)
    {
        var document = JsonSerializer.SerializeToElement(new ConfigurationCheck(reading.Faults, reading.Unused), AdminJson.Default.ConfigurationCheck);
        conversation.Show(parsed, document, (streams, _) => streams.Out.WriteLine(reading.Faults.Count == 0 ? "No faults." : $"Faults: {reading.Faults.Count}."));
    }

    private static void TellUnused(Conversation conversation, OptionReading reading)
    {
        if (reading.Unused.Count > 0)
        {
            conversation.Surroundings.Streams.Error.WriteLine("Unused: " + Printable.OneLine(string.Join(", ", reading.Unused)));
        }
    }

    private static void TellFaults(Conversation conversation, OptionReading reading)
    {
        foreach (var fault in reading.Faults)
        {
            conversation.Surroundings.Streams.Error.WriteLine(Printable.OneLine(fault));
        }
    }
}

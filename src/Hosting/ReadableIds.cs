using Serilog.Core;
using Serilog.Events;

namespace NovaNetBus.Hosting;

/// <summary>For a terminal: the ids of message, instance and host at the end of the line, if it has any.</summary>
internal sealed class ReadableIds : ILogEventEnricher
{
    private static readonly (string Property, string Word)[] Shown = [("Host", "host"), ("InstanceId", "instance"), ("MessageId", "message")];

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        var ids = from shown in Shown
                  where logEvent.Properties.ContainsKey(shown.Property)
                  select $"{shown.Word} {logEvent.Properties[shown.Property].ToString("l", null)}";
        logEvent.AddOrUpdateProperty(new LogEventProperty("Ids", new ScalarValue(" [" + string.Join(", ", ids) + "]")));
    }
}

using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace NovaNetBus.Hosting.Telemetry;

/// <summary>What every program counts of its messages. No label has more values than the code has words for it.</summary>
internal static class BusMetrics
{
    private static readonly Meter Meter = new(ProcessDefaults.MeterName);

    /// <summary>From a message's delivery until it is handled, its facts told and confirmed.</summary>
    public static readonly Histogram<double> Handled = Meter.CreateHistogram<double>(
        "novanetbus_message_seconds", null, "From a message's delivery until it is handled and its facts are confirmed, by type", [new("type", null)],
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    public static readonly Counter<long> Configured = Meter.CreateCounter<long>("novanetbus_instances_configured_total", null, "host-network-configured facts that this program has told");

    public static readonly Counter<long> Facts = Meter.CreateCounter<long>("novanetbus_facts_total", null, "Facts that this program has told, by exchange", [new("type", null)]);

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>("novanetbus_failures_total", null, "instance-network-failed facts, by code", [new("code", null)]);

    public static readonly Counter<long> ToErrorQueue = Meter.CreateCounter<long>(
        "novanetbus_messages_failed_total", null, "Messages put into an error queue, by code; exception: for another reason than their content", [new("code", null)]);

    /// <summary>From now on they are there, at zero before anything happens.</summary>
    public static void Begin() => RuntimeHelpers.RunClassConstructor(typeof(BusMetrics).TypeHandle);
}

using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Prometheus;

namespace NovaNetBus.Hosting.Telemetry;

/// <summary>
/// <c>/metrics</c>: this process's instruments of the meters named <see cref="ProcessDefaults.MeterName"/>, which are called as they are on the page, and the process itself. An instrument names its labels by its
/// tags and a histogram has its bounds with it; one without labels is there from its making on, at zero.
/// </summary>
internal sealed class PrometheusPage : IDisposable
{
    /// <summary>The text format that every version of Prometheus reads.</summary>
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly MeterListener listener = new();
    private readonly List<GaugeSeries> looked = [];

    public PrometheusPage()
    {
        DotNetStats.Register(registry);
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == ProcessDefaults.MeterName)
            {
                listening.EnableMeasurementEvents(instrument, SeriesOf(instrument));
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, series) => ((Series)series!).Take(value, tags));
        listener.SetMeasurementEventCallback<int>((_, value, tags, series) => ((Series)series!).Take(value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, series) => ((Series)series!).Take(value, tags));
        listener.Start();
        registry.AddBeforeCollectCallback(Look);
    }

    /// <summary>Writes the page as of now.</summary>
    public Task WriteAsync(Stream page, CancellationToken cancellation) => registry.CollectAndExportAsTextAsync(page, cancellation);

    public void Dispose() => listener.Dispose();

    /// <summary>Labels that an instrument does not tell any more (a network that is gone) are not on the page any more.</summary>
    private void Look()
    {
        lock (looked)
        {
            looked.ForEach(series => series.Begin());
            listener.RecordObservableInstruments();
            looked.ForEach(series => series.End());
        }
    }

    private Series SeriesOf(Instrument instrument)
    {
        string[] labels = [.. (instrument.Tags ?? []).Select(tag => tag.Key)];
        var (factory, name, help) = (Prometheus.Metrics.WithCustomRegistry(registry), instrument.Name, instrument.Description ?? "");
        switch (instrument)
        {
            case Counter<long>:
                return new CounterSeries(factory.CreateCounter(name, help, labels), labels);
            case Histogram<double> histogram:
                double[] bounds = [.. histogram.Advice?.HistogramBucketBoundaries ?? []];
                return new HistogramSeries(factory.CreateHistogram(name, help, labels, new HistogramConfiguration { Buckets = bounds }), labels);
            default:
                var gauge = new GaugeSeries(factory.CreateGauge(name, help, labels), labels);
                lock (looked)
                {
                    looked.Add(gauge);
                }

                return gauge;
        }
    }

    private abstract class Series(string[] labels)
    {
        private readonly FrozenDictionary<string, int> places = labels.Index().ToFrozenDictionary(label => label.Item, label => label.Index);

        public abstract void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

        protected string[] Values(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var values = new string[places.Count];
            Array.Fill(values, "");
            foreach (var tag in tags)
            {
                values[places[tag.Key]] = tag.Value?.ToString() ?? "";
            }

            return values;
        }
    }

    private sealed class CounterSeries(Counter counter, string[] labels) : Series(labels)
    {
        public override void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => counter.WithLabels(Values(tags)).Inc(value);
    }

    private sealed class HistogramSeries(Histogram histogram, string[] labels) : Series(labels)
    {
        public override void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => histogram.WithLabels(Values(tags)).Observe(value);
    }

    private sealed class GaugeSeries(Gauge gauge, string[] labels) : Series(labels)
    {
        private readonly HashSet<string> told = [];

        public void Begin() => told.Clear();

        public override void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var values = Values(tags);
            told.Add(string.Join('\0', values));
            gauge.WithLabels(values).Set(value);
        }

        public void End()
        {
            foreach (var values in gauge.GetAllLabelValues().Where(values => values.Length > 0 && !told.Contains(string.Join('\0', values))).ToList())
            {
                gauge.RemoveLabelled(values);
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Metrics;

/// <summary><c>/metrics</c> in the text format of Prometheus: what our meters measured, and what is there now.</summary>
internal sealed class MetricsEndpoint : IDisposable
{
    private const string Ours = "ModelOps";

    // Label sets of one instrument; those that come later are counted together, as those of another model.
    private const int MostSeries = 10_000;

    private readonly IModelRuntime _runtime;
    private readonly ManagedMetrics _managed;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), MetricSeries> _series = new();
    private readonly ConcurrentDictionary<Instrument, int> _counts = new();
    private readonly Lock _reading = new();

    internal MetricsEndpoint(IModelRuntime runtime, StatusBoard? board, LocalStore store, HttpOptions options)
    {
        _runtime = runtime;
        _managed = new ManagedMetrics(board, store, options);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!instrument.Meter.Name.StartsWith(Ours, StringComparison.Ordinal))
                return;
            _counts.TryAdd(instrument, 0);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    internal Task WriteAsync(HttpContext context)
    {
        var page = new MetricPage();
        foreach (var group in Collect().GroupBy(series => series.Key.Instrument).OrderBy(group => group.Key.Name, StringComparer.Ordinal))
            WriteInstrument(page, group.Key, group.Select(series => (series.Key.Labels, series.Value.Read())));
        WriteLoaded(page);
        _managed.Write(page);
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }

    /// <summary>Asks the gauges, and forgets what they said of engines that are gone.</summary>
    private List<KeyValuePair<(Instrument Instrument, string Labels), MetricSeries>> Collect()
    {
        var (sources, models) = (_managed.Sources, _managed.Models);
        lock (_reading)
        {
            foreach (var key in _series.Keys.Where(key => key.Instrument.IsObservable))
                _series.TryRemove(key, out _);
            foreach (var (instrument, count) in _counts.Where(pair => !pair.Key.IsObservable))
            {
                // Something that was measured already has the labels that it has.
                foreach (var labels in KnownSeries.Of(instrument.Name, sources, models).Where(labels => labels.Length > 0 || count == 0))
                    SeriesOf(instrument, labels);
            }

            _listener.RecordObservableInstruments();
            return [.. _series];
        }
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = SeriesOf(instrument, tags);
        if (IsCumulative(instrument))
            series.Add(value);
        else
            series.Set(value);
    }

    private MetricSeries SeriesOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = LabelsOf(tags, isOther: false);
        if (_series.TryGetValue((instrument, labels), out var known))
            return known;
        if (!instrument.IsObservable && _counts.AddOrUpdate(instrument, 1, (_, count) => count + 1) > MostSeries)
            labels = LabelsOf(tags, isOther: true);
        return _series.GetOrAdd((instrument, labels), static key => new MetricSeries(BordersOf(key.Instrument)));
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, bool isOther)
    {
        var labels = new StringBuilder();
        foreach (var (name, tag) in tags)
        {
            var value = isOther && name == "model" ? "(others)" : Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "";
            MetricPage.AppendLabel(labels, name, value);
        }

        return labels.ToString();
    }

    private static IReadOnlyList<double> BordersOf(Instrument instrument) =>
        instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } borders } ? borders : [];

    private static bool IsCumulative(Instrument instrument) =>
        instrument is Counter<long> or Counter<int> or Counter<double> or UpDownCounter<long> or UpDownCounter<int> or UpDownCounter<double>
        || IsHistogram(instrument);

    private static bool IsHistogram(Instrument instrument) => instrument is Histogram<double> or Histogram<long> or Histogram<int>;

    private static void WriteInstrument(
        MetricPage page, Instrument instrument, IEnumerable<(string Labels, MetricSeries.Reading Value)> series)
    {
        var isCounter = instrument is Counter<long> or Counter<int> or Counter<double>
            or ObservableCounter<long> or ObservableCounter<double>;
        var name = instrument.Name.Replace('.', '_') + (isCounter ? "_total" : "");
        var type = IsHistogram(instrument) ? (BordersOf(instrument).Count > 0 ? "histogram" : "summary") : isCounter ? "counter" : "gauge";
        page.Head(name, instrument.Description ?? "", type);
        foreach (var (labels, value) in series.OrderBy(entry => entry.Labels, StringComparer.Ordinal))
        {
            if (IsHistogram(instrument))
                WriteHistogram(page, labels, value);
            else
                page.Value("", labels, value.Sum);
        }
    }

    private static void WriteHistogram(MetricPage page, string labels, MetricSeries.Reading value)
    {
        var comma = labels.Length > 0 ? "," : "";
        foreach (var (border, count) in value.Buckets)
            page.Value("_bucket", string.Create(CultureInfo.InvariantCulture, $"{labels}{comma}le=\"{border}\""), count);
        if (value.Buckets.Count > 0)
            page.Value("_bucket", $"{labels}{comma}le=\"+Inf\"", value.Count);
        page.Value("_sum", labels, value.Sum);
        page.Value("_count", labels, value.Count);
    }

    private void WriteLoaded(MetricPage page)
    {
        var loaded = _runtime.Loaded;
        page.Head("modelops_loaded_bytes", "Memory that a loaded engine holds.", "gauge");
        foreach (var model in loaded)
            page.Value(model.Size, ("model", model.Name.ShortName));
        page.Head("modelops_running_requests", "Requests running or waiting on an engine.", "gauge");
        foreach (var model in loaded)
            page.Value(model.Requests, ("model", model.Name.ShortName));
    }
}

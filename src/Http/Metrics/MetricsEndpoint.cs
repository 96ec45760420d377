using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Metrics;

/// <summary><c>/metrics</c> in the text format of Prometheus: what our meters measured, and what is loaded now.</summary>
internal sealed class MetricsEndpoint : IDisposable
{
    private const string Ours = "ModelOps";

    private readonly IModelRuntime _runtime;
    private readonly StatusBoard? _board;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), MetricSeries> _series = new();
    private readonly Lock _reading = new();

    internal MetricsEndpoint(IModelRuntime runtime, StatusBoard? board)
    {
        _runtime = runtime;
        _board = board;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(Ours, StringComparison.Ordinal))
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
        var page = new StringBuilder();
        foreach (var group in Collect().GroupBy(series => series.Key.Instrument).OrderBy(group => group.Key.Name, StringComparer.Ordinal))
            WriteInstrument(page, group.Key, group.Select(series => (series.Key.Labels, series.Value.Read())));
        WriteLoaded(page);
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }

    /// <summary>Asks the gauges, and forgets what they said of engines that are gone.</summary>
    private List<KeyValuePair<(Instrument Instrument, string Labels), MetricSeries>> Collect()
    {
        lock (_reading)
        {
            foreach (var key in _series.Keys.Where(key => key.Instrument.IsObservable))
                _series.TryRemove(key, out _);
            _listener.RecordObservableInstruments();
            return [.. _series];
        }
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (name, tag) in tags)
            AppendLabel(labels, name, Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "");
        var series = _series.GetOrAdd((instrument, labels.ToString()), static key => new MetricSeries(BordersOf(key.Instrument)));
        if (IsCumulative(instrument))
            series.Add(value);
        else
            series.Set(value);
    }

    private static IReadOnlyList<double> BordersOf(Instrument instrument) =>
        instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } borders } ? borders : [];

    private static bool IsCumulative(Instrument instrument) =>
        instrument is Counter<long> or Counter<int> or Counter<double> or UpDownCounter<long> or UpDownCounter<int> or UpDownCounter<double>
        || IsHistogram(instrument);

    private static bool IsHistogram(Instrument instrument) => instrument is Histogram<double> or Histogram<long> or Histogram<int>;

    private static void WriteInstrument(
        StringBuilder page, Instrument instrument, IEnumerable<(string Labels, MetricSeries.Reading Value)> series)
    {
        var isCounter = instrument is Counter<long> or Counter<int> or Counter<double>
            or ObservableCounter<long> or ObservableCounter<double>;
        var name = instrument.Name.Replace('.', '_') + (isCounter ? "_total" : "");
        var type = IsHistogram(instrument) ? (BordersOf(instrument).Count > 0 ? "histogram" : "summary") : isCounter ? "counter" : "gauge";
        WriteHead(page, name, instrument.Description ?? "", type);
        foreach (var (labels, value) in series.OrderBy(entry => entry.Labels, StringComparer.Ordinal))
        {
            if (IsHistogram(instrument))
                WriteHistogram(page, name, labels, value);
            else
                WriteValue(page, name, labels, value.Sum);
        }
    }

    private static void WriteHistogram(StringBuilder page, string name, string labels, MetricSeries.Reading value)
    {
        var comma = labels.Length > 0 ? "," : "";
        foreach (var (border, count) in value.Buckets)
            WriteValue(page, name + "_bucket", string.Create(CultureInfo.InvariantCulture, $"{labels}{comma}le=\"{border}\""), count);
        if (value.Buckets.Count > 0)
            WriteValue(page, name + "_bucket", $"{labels}{comma}le=\"+Inf\"", value.Count);
        WriteValue(page, name + "_sum", labels, value.Sum);
        WriteValue(page, name + "_count", labels, value.Count);
    }

    private void WriteLoaded(StringBuilder page)
    {
        var loaded = _runtime.Loaded;
        WriteHead(page, "modelops_loaded_bytes", "Memory that a loaded engine holds.", "gauge");
        foreach (var model in loaded)
            WriteValue(page, "modelops_loaded_bytes", Label(model), model.Size);
        WriteHead(page, "modelops_running_requests", "Requests running or waiting on an engine.", "gauge");
        foreach (var model in loaded)
            WriteValue(page, "modelops_running_requests", Label(model), model.Requests);
        WriteHead(page, "modelops_ready", "The accepted revision is in force and every pinned model is in memory.", "gauge");
        WriteValue(page, "modelops_ready", "", _board?.Current.Ready == false ? 0 : 1);
    }

    private static string Label(LoadedModel model)
    {
        var labels = new StringBuilder();
        AppendLabel(labels, "model", model.Name.ShortName);
        return labels.ToString();
    }

    private static void AppendLabel(StringBuilder labels, string name, string value)
    {
        if (labels.Length > 0)
            labels.Append(',');
        labels.Append(name).Append("=\"")
            .Append(
                value.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)
                    .Replace("\n", "\\n", StringComparison.Ordinal))
            .Append('"');
    }

    private static void WriteHead(StringBuilder page, string name, string help, string type) =>
        page.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void WriteValue(StringBuilder page, string name, string labels, double value)
    {
        page.Append(name);
        if (labels.Length > 0)
            page.Append('{').Append(labels).Append('}');
        page.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}

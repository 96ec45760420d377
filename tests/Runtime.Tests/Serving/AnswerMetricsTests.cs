using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelOps.Runtime.Answering;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Residency;

namespace ModelOps.Runtime.Tests.Serving;

public class AnswerMetricsTests
{
    private const string Model = "measured-answers:latest";

    [Fact]
    public void An_answer_tells_its_first_token_its_pace_and_the_spans_of_both_parts()
    {
        var values = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == EngineMetrics.Name)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (tags.Length == 1 && tags[0].Value is Model)
                values[instrument.Name] = value;
        });
        meters.Start();
        var spans = new ConcurrentQueue<Activity>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EngineMetrics.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("modelops.subject") is Model)
                    spans.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(traces);

        var metrics = new AnswerMetrics(Model, TimeProvider.System.GetTimestamp(), TimeProvider.System);
        metrics.Said();
        metrics.Ended(new EngineUsage(100, 60, 11, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(50)));

        Assert.InRange(values["modelops_first_token_seconds"], 0, 1);
        Assert.Equal(0.04, values["modelops_prefill_seconds"], 6);
        Assert.Equal(0.005, values["modelops_token_seconds"], 6);
        var (prefill, decode) = (
            spans.Single(span => span.OperationName == "prefill"), spans.Single(span => span.OperationName == "decode"));
        Assert.Equal((40, 11), (prefill.GetTagItem("modelops.tokens"), decode.GetTagItem("modelops.tokens")));
        Assert.Equal(TimeSpan.FromMilliseconds(40), prefill.Duration);
        Assert.Equal(TimeSpan.FromMilliseconds(50), decode.Duration);
        Assert.Equal(prefill.StartTimeUtc + prefill.Duration, decode.StartTimeUtc);
    }
}

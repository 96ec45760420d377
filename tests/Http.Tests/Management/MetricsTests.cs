using System.Diagnostics.Metrics;

namespace ModelOps.Http.Tests.Management;

public class MetricsTests
{
    [Fact]
    public async Task Histograms_have_cumulative_buckets_a_sum_and_a_count()
    {
        await using var server = await TestServer.StartAsync();
        using var meter = new Meter("ModelOps.Test.Histograms");
        var histogram = meter.CreateHistogram<double>(
            "modelops_test_waits", "s", "Waits.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 2] });
        foreach (var value in (double[])[0.5, 1, 1.5, 9])
            histogram.Record(value, new KeyValuePair<string, object?>("model", "a \"b\""));

        var page = (await server.GetAsync("/metrics")).Body;
        Assert.Contains(
            """
            # HELP modelops_test_waits Waits.
            # TYPE modelops_test_waits histogram
            modelops_test_waits_bucket{model="a \"b\"",le="0.5"} 1
            modelops_test_waits_bucket{model="a \"b\"",le="2"} 3
            modelops_test_waits_bucket{model="a \"b\"",le="+Inf"} 4
            modelops_test_waits_sum{model="a \"b\""} 12
            modelops_test_waits_count{model="a \"b\""} 4

            """,
            page,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gauge_of_an_engine_that_left_is_not_shown_any_more()
    {
        await using var server = await TestServer.StartAsync();
        using var meter = new Meter("ModelOps.Test.Gauges");
        var loaded = true;
        meter.CreateObservableGauge(
            "modelops_test_engine",
            () => loaded ? [new Measurement<int>(3, new KeyValuePair<string, object?>("model", "x"))] : Array.Empty<Measurement<int>>());

        Assert.Contains("modelops_test_engine{model=\"x\"} 3\n", (await server.GetAsync("/metrics")).Body, StringComparison.Ordinal);
        loaded = false;
        Assert.DoesNotContain("modelops_test_engine{", (await server.GetAsync("/metrics")).Body, StringComparison.Ordinal);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Tests.Residency;

public class EngineMetricsTests
{
    [Fact]
    public async Task Loads_and_threads_are_measured()
    {
        var values = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == EngineMetrics.Name)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => values.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
        {
            // Other tests have pools of their own.
            if (tags.Length == 1 && tags[0].Value is "measured")
                values[instrument.Name] = value;
        });
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.Start();
        var loader = new RecordingLoader();
        await using var pool = new EnginePool(
            loader, new SchedulerOptions { MemoryBudget = 1000 }, TimeProvider.System, NullLogger.Instance);

        var waiting = pool.AcquireAsync(EnginePoolTests.DemandOf("metrics.gguf"), new EngineClaim("measured"), default);
        Assert.True(SpinWait.SpinUntil(() => loader.Loads == 1, TimeSpan.FromSeconds(10)));
        loader.Succeed(0);
        using var lease = await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        listener.RecordObservableInstruments();

        Assert.True(values["modelops_engine_loads"] >= 1);
        Assert.True(values["modelops_engine_load_seconds"] >= 0);
        Assert.True(values["modelops_queue_seconds"] >= 0);
        Assert.Equal(1, values["modelops_engine_threads"]);
        Assert.True(values["modelops_engine_guessed_tokens"] >= 9);
        Assert.True(values["modelops_engine_right_guesses"] >= 5);
    }
}

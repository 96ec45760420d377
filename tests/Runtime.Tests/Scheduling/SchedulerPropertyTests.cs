using System.Globalization;

namespace ModelOps.Runtime.Tests.Scheduling;

/// <summary>
/// Random schedules of arrivals, disconnects, failing loads, evictions, updates and crashes. After each event: no double load,
/// memory within the budget, every pin in memory or reported, who waits is known to wait. At the end: nobody stuck, nothing forgotten.
/// </summary>
public class SchedulerPropertyTests(ITestOutputHelper output)
{
    private const int Many = 1_000_000;
    private const int Few = 10_000;

    /// <summary>Few in an ordinary run; a million when time is given for long tests.</summary>
    private static int Schedules =>
        int.TryParse(Environment.GetEnvironmentVariable("MODELOPS_SCHEDULES"), CultureInfo.InvariantCulture, out var schedules) ? schedules
        : Environment.GetEnvironmentVariable("MODELOPS_FUZZ_MINUTES") is { Length: > 0 } ? Many
        : Few;

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Random_schedules_break_no_invariant()
    {
        var events = 0L;
        Parallel.For(0, Schedules, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            var simulation = new SchedulerSimulation(seed);
            try
            {
                simulation.Run(steps: 10 + (seed % 50));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Random schedule {seed}, event {simulation.Steps}: {error.Message}", error);
            }

            Interlocked.Add(ref events, simulation.Steps);
        });
        output.WriteLine($"{Schedules} schedules, {events} events");
    }
}

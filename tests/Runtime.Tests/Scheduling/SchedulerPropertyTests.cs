namespace ModelOps.Runtime.Tests.Scheduling;

public class SchedulerPropertyTests
{
    /// <summary>Number of random events; <c>tests/long.sh</c> raises it.</summary>
    private static int Events =>
        int.TryParse(Environment.GetEnvironmentVariable("MODELOPS_SCHEDULES"), out var events) ? events : 1_000_000;

    [Fact]
    public void A_million_random_events_break_no_invariant()
    {
        for (var (seed, done) = (0, 0); done < Events; seed++)
        {
            var simulation = new SchedulerSimulation(seed);
            try
            {
                simulation.Run(steps: 200);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Random schedule {seed}, event {simulation.Steps}: {error.Message}", error);
            }

            done += simulation.Steps;
        }
    }
}

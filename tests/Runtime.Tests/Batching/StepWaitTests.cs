using ModelOps.Runtime.Batching;

namespace ModelOps.Runtime.Tests.Batching;

public class StepWaitTests
{
    private readonly StepWait _wait = new();

    [Fact]
    public void Threads_stay_awake_between_the_short_steps_of_a_small_model_whatever_its_prompts_take()
    {
        for (var step = 0; step < 200; step++)
        {
            _wait.Observe(TimeSpan.FromMilliseconds(step % 10 == 0 ? 100 : 0.2));
            Assert.True(_wait.IsAwake);
        }
    }

    [Fact]
    public void They_sleep_between_long_steps_after_a_few_of_them()
    {
        Observe(15, 16);
        Assert.True(_wait.IsAwake);
        Observe(1, 16);
        Assert.False(_wait.IsAwake);
    }

    [Fact]
    public void Steps_about_as_long_as_the_border_change_nothing()
    {
        Observe(64, 3);
        Assert.True(_wait.IsAwake);
        Observe(64, 16);
        Observe(64, 3);
        Assert.False(_wait.IsAwake);
        Observe(64, 1);
        Assert.True(_wait.IsAwake);
    }

    private void Observe(int steps, double milliseconds)
    {
        for (var step = 0; step < steps; step++)
            _wait.Observe(TimeSpan.FromMilliseconds(milliseconds));
    }
}

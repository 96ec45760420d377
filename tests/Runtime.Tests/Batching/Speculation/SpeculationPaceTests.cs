using ModelOps.Runtime.Batching.Speculation;

namespace ModelOps.Runtime.Tests.Batching.Speculation;

/// <summary>Guessing goes on while it is faster, by what was measured and nothing else.</summary>
public class SpeculationPaceTests
{
    private const int Most = 15;

    [Fact]
    public void Nothing_is_guessed_before_a_step_was_measured() => Assert.Equal(0, new SpeculationPace(Most, 128).Next());

    [Fact]
    public void Where_every_guess_is_right_and_tokens_are_cheap_the_longest_is_asked_for()
    {
        var run = new Run(new SpeculationPace(Most, 128), length => 1 + (0.1 * length), (length, _) => length);

        run.Steps(100);

        Assert.Equal(Most, run.LastAsked);
        Assert.True(run.TokensPerSecond > 4, $"{run.TokensPerSecond} tokens for the time of one");
    }

    [Fact]
    public void The_limit_of_the_policy_is_kept()
    {
        var run = new Run(new SpeculationPace(4, 128), _ => 1, (length, _) => length);

        run.Steps(100);

        Assert.Equal(4, run.LongestAsked);
    }

    [Theory]
    [InlineData(64, 0.05)]
    [InlineData(128, 0.03)]
    [InlineData(512, 0.01)]
    public void Where_every_guess_is_wrong_the_loss_is_next_to_nothing(int longestPause, double loss)
    {
        var run = new Run(new SpeculationPace(Most, longestPause), length => 1 + (0.5 * length), (_, _) => 0);

        run.Steps(20_000);

        Assert.InRange(run.TokensPerSecond, 1 - loss, 1);
        Assert.True(run.StepsWithGuesses > 10, "it never tries again");
    }

    [Fact]
    public void Right_guesses_that_cost_as_much_as_they_give_are_left_alone()
    {
        var run = new Run(new SpeculationPace(Most, 128), length => 1 + length, (length, _) => length);

        run.Steps(10_000);

        Assert.InRange(run.TokensPerSecond, 0.97, 1.001);
        Assert.InRange(run.StepsWithGuesses, 1, 400);
    }

    [Fact]
    public void The_length_follows_how_many_are_right()
    {
        var two = new Run(new SpeculationPace(Most, 128), length => 1 + (0.2 * length), (length, _) => Math.Min(2, length));

        two.Steps(2000);

        Assert.InRange(two.LastAsked, 1, 7);
        Assert.True(two.TokensPerSecond > 1.5, $"{two.TokensPerSecond} tokens for the time of one");
    }

    [Fact]
    public void A_text_that_begins_to_repeat_itself_is_noticed()
    {
        var run = new Run(new SpeculationPace(Most, 128), length => 1 + (0.2 * length), (length, step) => step < 5000 ? 0 : length);
        run.Steps(5000);
        var before = run.StepsWithGuesses;

        run.Steps(300);

        Assert.InRange(run.StepsWithGuesses - before, 100, 300);
    }

    [Fact]
    public void A_step_without_guesses_is_measured_now_and_then()
    {
        var run = new Run(new SpeculationPace(Most, 128), _ => 1, (length, _) => length);

        run.Steps(1000);

        Assert.InRange(1000 - run.StepsWithGuesses, 10, 40);
    }

    /// <summary>Steps whose time and luck are given.</summary>
    private sealed class Run(SpeculationPace pace, Func<int, double> seconds, Func<int, int, int> right)
    {
        private double _seconds;
        private int _tokens;
        private int _step;

        internal int LastAsked { get; private set; }

        internal int LongestAsked { get; private set; }

        internal int StepsWithGuesses { get; private set; }

        internal double TokensPerSecond => _tokens / _seconds;

        internal void Steps(int count)
        {
            for (; count > 0; count--, _step++)
            {
                var length = pace.Next();
                var took = seconds(length);
                _seconds += took;
                _tokens++;
                if (length == 0)
                {
                    pace.ObservePlain(TimeSpan.FromSeconds(took));
                    continue;
                }

                var good = right(length, _step);
                pace.Observe(length, good, TimeSpan.FromSeconds(took));
                _tokens += good;
                (LastAsked, LongestAsked) = (length, Math.Max(LongestAsked, length));
                StepsWithGuesses++;
            }
        }
    }
}

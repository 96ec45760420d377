namespace ModelOps.Runtime.Batching.Speculation;

/// <summary>How many tokens to guess, so that text comes faster than without guesses; none where it would not.</summary>
/// <remarks>
/// A pure estimate: from the times of past steps and the share of right guesses it weighs the tokens that a step is likely to give
/// against its time. Where guessing does not pay it tries again after ever longer pauses, so that it costs next to nothing.
/// </remarks>
/// <param name="most">Most tokens to guess.</param>
/// <param name="longestPause">Steps between two trials in the end.</param>
internal sealed class SpeculationPace(int most, int longestPause)
{
    private const int TrialLength = 3;
    private const int ShortestPause = 8;

    /// <summary>After this many steps with guesses the time of a step without is measured again.</summary>
    private const int PlainIsOld = 64;

    /// <summary>Guessing must look this much faster: less is noise.</summary>
    private const double WorthIt = 1.05;

    /// <summary>What a further token in a step is taken to cost, as a share of a whole step, until it was measured.</summary>
    private const double SupposedCost = 0.25;

    private const double Forgetting = 0.8;

    /// <summary>With the token that is known, they fill steps of 2, 4, 8 and 16.</summary>
    private static readonly int[] s_lengths = [1, 3, 7, 15];

    private readonly StepTimes _times = new();
    private double _right = 1;
    private double _judged = 2;
    private int _pause = ShortestPause;
    private int _skip;
    private int _sincePlain;

    /// <summary>Share of the guessed tokens that were right lately, of those that came to be judged.</summary>
    internal double Chance => _right / _judged;

    /// <summary>Tokens to guess in the next step; asked once a step.</summary>
    internal int Next()
    {
        if (_times.Recent(0) is not { } plain || ++_sincePlain > PlainIsOld)
            return 0;

        if (_skip > 0)
        {
            _skip--;
            return 0;
        }

        return Best(plain, Chance) is > 0 and var best ? best : Math.Min(TrialLength, most);
    }

    /// <summary>A step without guesses was made.</summary>
    internal void ObservePlain(TimeSpan elapsed)
    {
        _sincePlain = 0;
        _times.Add(0, elapsed.TotalSeconds);
    }

    /// <summary>A step with guesses was made.</summary>
    /// <param name="guessed">Tokens guessed, at least one.</param>
    /// <param name="right">Of them, from the first on, right.</param>
    /// <param name="elapsed">Time to guess and to compute them.</param>
    internal void Observe(int guessed, int right, TimeSpan elapsed)
    {
        _times.Add(StepClass.Of(1 + guessed), elapsed.TotalSeconds);
        _right = (_right * Forgetting) + right;
        _judged = (_judged * Forgetting) + Math.Min(guessed, right + 1);
        // After a wholly right trial guessing goes on, unless even right guesses would not be faster.
        if (_times.Recent(0) is { } plain && Best(plain, right == guessed ? 1 : Chance) > 0)
        {
            _pause = ShortestPause;
            return;
        }

        _skip = _pause;
        _pause = Math.Min(_pause * 2, longestPause);
    }

    /// <summary>The length that promises the most tokens a second; 0 when no guess does.</summary>
    private int Best(double plain, double chance)
    {
        var best = 0;
        var bestRate = WorthIt / plain;
        var seconds = plain;
        foreach (var next in s_lengths)
        {
            var length = Math.Min(next, most);
            seconds = Math.Max(seconds, _times.Recent(StepClass.Of(1 + length)) ?? plain * (1 + (SupposedCost * length)));
            var rate = Expected(length, chance) / seconds;
            if (rate > bestRate)
                (best, bestRate) = (length, rate);

            if (length == most)
                break;
        }

        return best;
    }

    /// <summary>Tokens that a step gives: each guess counts only when all before it are right, and one more token always comes.</summary>
    private static double Expected(int length, double chance)
    {
        var expected = 1.0;
        var allRight = 1.0;
        for (var at = 0; at < length; at++)
            expected += allRight *= chance;

        return expected;
    }
}

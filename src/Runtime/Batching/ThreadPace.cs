using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Batching;

/// <summary>How many threads compute the next step. Pure: it computes a number from the times of past steps.</summary>
/// <remarks>
/// The engine's threads meet at a barrier many times a step and spin there. When one of them is not running, because another
/// process has its processor, all wait for it, and a step takes ten times as long and more. So: several slow steps lead to a
/// trial with fewer threads; what is faster is kept; more threads are tried again later, rarely where that did not help. The
/// first steps after a load include such a trial, since the neighbour may have been there before. Short steps count together.
/// </remarks>
internal sealed class ThreadPace
{
    private const int Window = 8;
    private const int SlowInWindow = 4;
    private const double SlowStep = 2;
    private const double SlowWindow = 2.5;

    /// <summary>A trial is kept when it takes at most this share of the time.</summary>
    private const double Better = 0.8;

    private const int TrialSteps = 3;
    private const int MaxUncounted = 4;

    /// <summary>Steps of at most this many tokens are compared without a sign of slowness: they come often.</summary>
    private const int OftenSeen = 4;

    private const double Cliff = 6;
    private static readonly TimeSpan s_firstProbe = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lastProbe = TimeSpan.FromSeconds(32);

    /// <summary>Pause between trials with fewer threads without a slow step: steps that were slow from the start show no change.</summary>
    private static readonly TimeSpan s_scan = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_lastShrink = TimeSpan.FromSeconds(8);

    private readonly int[] _levels;
    private readonly StepTimes[] _times;
    private readonly double[] _recent = new double[Window];
    private readonly StepSums _sums = new();
    private int _summed;
    private int _recentCount;
    private int _level;
    private int _home;
    private int _counted;
    private int _uncounted;
    private double _expected;
    private double _taken;
    private TimeSpan _nextScan;
    private TimeSpan _probeWait = s_firstProbe;
    private TimeSpan _nextProbe;
    private TimeSpan _nextShrink;
    private TimeSpan _shrinkWait = s_firstProbe;

    /// <param name="most">Threads it may use.</param>
    /// <param name="isFixed">They were asked for; nothing is adapted.</param>
    internal ThreadPace(int most, bool isFixed)
    {
        _levels = isFixed ? [most] : LevelsOf(most);
        _times = [.. _levels.Select(_ => new StepTimes())];
        IsFixed = isFixed;
    }

    /// <summary>Threads of the next step.</summary>
    internal int Threads => _levels[_level];

    internal ThreadChoice Choice =>
        IsFixed ? ThreadChoice.Fixed
        : IsTrial ? ThreadChoice.Trial
        : _level > 0 ? ThreadChoice.BusyMachine
        : ThreadChoice.All;

    private bool IsFixed { get; }

    private bool IsTrial => _level != _home;

    /// <summary>Takes how long a step took.</summary>
    /// <param name="tokens">Tokens in its batch.</param>
    /// <param name="elapsed">Its duration.</param>
    /// <param name="now">Time since any fixed moment.</param>
    internal void Observe(int tokens, TimeSpan elapsed, TimeSpan now)
    {
        if (_levels.Length == 1 || elapsed <= TimeSpan.Zero)
            return;

        var kind = StepClass.Of(tokens);
        if (_summed != _level)
            _sums.Clear();
        _summed = _level;
        if (_sums.Add(kind, elapsed.TotalSeconds) is not { } seconds)
            return;
        if (IsTrial)
            ObserveTrial(kind, seconds, now);
        else
            ObserveSteady(kind, seconds, now);
    }

    private void ObserveSteady(int kind, double seconds, TimeSpan now)
    {
        var times = _times[_level];
        var slowness = times.SlownessOf(kind, seconds);
        times.Add(kind, seconds);
        if (slowness is not { } known)
            return;

        _recent[_recentCount++ % Window] = known;
        if (_level < _levels.Length - 1 && (IsSlow(now) || (now >= _nextScan && kind <= OftenSeen)))
        {
            _nextScan = now + s_scan;
            Try(_level + 1);
        }
        else if (_level > 0 && now >= _nextProbe)
        {
            Try(_level - 1);
        }
    }

    private bool IsSlow(TimeSpan now)
    {
        var window = _recent.AsSpan(0, Math.Min(_recentCount, Window));
        var (slow, sum) = (0, 0.0);
        foreach (var slowness in window)
        {
            slow += slowness > SlowStep ? 1 : 0;
            sum += slowness;
        }

        return slow >= SlowInWindow && sum > (now >= _nextShrink ? SlowWindow : Cliff) * window.Length;
    }

    private void Try(int level)
    {
        _level = level;
        _counted = _uncounted = 0;
        _expected = _taken = 0;
    }

    private void ObserveTrial(int kind, double seconds, TimeSpan now)
    {
        if (_times[_home].Recent(kind) is not { } before)
        {
            if (++_uncounted >= MaxUncounted)
                Abandon(now);

            return;
        }

        _expected += before;
        _taken += seconds;
        _counted++;
        var isHopeless = _taken > before * TrialSteps;
        if (_counted < TrialSteps && !isHopeless)
            return;

        if (!isHopeless && _taken <= _expected * Better)
            Settle(now);
        else if (MayBeStillTooMany())
            Try(_level + 1);
        else
            Return(now);
    }

    /// <summary>Fewer threads take about as long where threads wait for one another, and longer where they compute.</summary>
    private bool MayBeStillTooMany() =>
        _level > _home && _level < _levels.Length - 1 && _taken < _expected * Math.Max(1.3, Math.Sqrt(_levels[_home] / (double)Threads));

    /// <summary>The trial was faster: its number of threads is the new one.</summary>
    private void Settle(TimeSpan now)
    {
        var shrunk = _level > _home;
        _home = _level;
        _recentCount = 0;
        _times[_level].Forget();
        _nextShrink = now;
        _shrinkWait = s_firstProbe;
        _nextProbe = now + (shrunk ? _probeWait : TimeSpan.Zero);
        if (shrunk)
            _nextScan = now;
        else
            _probeWait = s_firstProbe;
    }

    /// <summary>The trial was not faster. It is repeated at growing intervals; the slow time is taken as normal.</summary>
    private void Return(TimeSpan now)
    {
        var shrunk = _level > _home;
        _level = _home;
        _recentCount = 0;
        if (shrunk)
        {
            _times[_home].TakeAsNormal();
            _nextShrink = now + _shrinkWait;
            _shrinkWait = Longer(_shrinkWait, s_lastShrink);
        }
        else
        {
            _probeWait = Longer(_probeWait, s_lastProbe);
            _nextProbe = now + _probeWait;
        }
    }

    /// <summary>The work changed, so that nothing can be compared.</summary>
    private void Abandon(TimeSpan now)
    {
        _level = _home;
        _recentCount = 0;
        _nextProbe = now + s_firstProbe;
    }

    private static TimeSpan Longer(TimeSpan wait, TimeSpan longest) => wait * 2 < longest ? wait * 2 : longest;

    /// <summary>All, one less, then halves: a single busy neighbour takes one processor, many take most.</summary>
    private static int[] LevelsOf(int most)
    {
        var levels = new List<int> { Math.Max(1, most) };
        for (var next = most - 1; next >= 1; next = next == most - 1 && most > 4 ? most / 2 : next / 2)
            levels.Add(next);

        return [.. levels];
    }
}

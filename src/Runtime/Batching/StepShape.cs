namespace ModelOps.Runtime.Batching;

/// <summary>
/// Which of the sequences that await a token get it in the next call: all, a block of slots in turn, or a block that is padded by slots
/// nobody uses. Pure: it decides by the times of past calls.
/// </summary>
/// <remarks>
/// <para>
/// The engine computes slots that follow one another together, and the time of that by their number is not monotone. So a round, in which
/// every sequence gets one token, is cut into the blocks that take the least time in all; the first of them is computed next. A sequence
/// waits one round for its next token, which is at most what the whole in one call would take.
/// </para>
/// <para>
/// Sizes that were never measured are tried in a small share of the time, as are those that were good long ago; what is known to be
/// worse is not. Calls below a millisecond are not cut: what surrounds them costs as much, and their times say little. Where times are
/// noisy the round is one call.
/// </para>
/// </remarks>
internal sealed class StepShape
{
    private const double Short = 0.001;

    /// <summary>Another cut must promise this much less time than the round in natural blocks.</summary>
    private const double Better = 0.99;

    /// <summary>Share of the time that trials may take: of sizes that are not known yet, and of those that were known long ago.</summary>
    private const double Unknown = 0.2;
    private const double Known = 0.01;

    /// <summary>What was not measured for so many calls may be tried again where it was at most so much worse.</summary>
    private const int Stale = 1000;
    private const double Promising = 1.15;
    private const int VeryStale = 10_000;
    private const double NotHopeless = 2;

    private readonly Dictionary<int, StepCosts> _byThreads = [];
    private readonly double[] _best = new double[StepCosts.Most + 1];
    private readonly int[] _length = new int[StepCosts.Most + 1];
    private StepCosts _costs = new();
    private int _threads = -1;
    private long _calls;
    private double _seconds;
    private double _tried;
    private double _triedAgain;
    private bool _isShort = true;
    private Attempt _attempt;

    /// <summary>Whether the block that was chosen last is smaller than what was due, or has padding.</summary>
    internal bool IsShaped { get; private set; }

    /// <summary>Nothing is cut for now: calls are so short that only whole ones pay.</summary>
    internal bool IsWhole => _isShort;

    /// <summary>Chooses what the next call computes.</summary>
    /// <param name="slots">All slots in their order. At least one is due.</param>
    /// <param name="threads">Threads that compute.</param>
    internal SlotBlock Next(ReadOnlySpan<SlotUse> slots, int threads)
    {
        Use(threads);
        (_attempt, IsShaped) = (Attempt.None, false);
        if (IsWhole || slots.Length > StepCosts.Most)
            return SlotBlock.All;
        var start = slots.IndexOf(SlotUse.Due);
        var natural = LengthOf(slots, start);
        var block = !_costs.Knows(natural) || _costs.IsNoisy(natural)
            ? new SlotBlock(start, natural)
            : Best(slots, start, natural, out var share) is var best && Trial(slots, start, natural, share) is { } trial ? trial : best;
        IsShaped = block.First != start || block.Count != natural || slots[(start + natural)..].Contains(SlotUse.Due);
        return block;
    }

    /// <summary>Time of a call that decodes so many slots that follow one another; zero when it is not known.</summary>
    internal TimeSpan TimeOf(int slots) =>
        slots <= StepCosts.Most && _costs.Knows(slots) ? TimeSpan.FromSeconds(_costs.Of(slots)) : TimeSpan.Zero;

    /// <summary>Takes how long a call took that computed no prompt.</summary>
    /// <param name="slots">Slots that it decoded, padding included; 0 when they do not follow one another.</param>
    /// <param name="threads">Threads that computed it.</param>
    /// <param name="elapsed">Its time.</param>
    internal void Observe(int slots, int threads, TimeSpan elapsed)
    {
        if (slots > StepCosts.Most || elapsed <= TimeSpan.Zero)
            return;
        Use(threads);
        var seconds = elapsed.TotalSeconds;
        _isShort = seconds < Short;
        if (slots == 0)
            return;
        _costs.Add(slots, seconds, ++_calls);
        _seconds += seconds;
        if (_attempt == Attempt.New)
            _tried += seconds;
        else if (_attempt == Attempt.Again)
            _triedAgain += seconds;
        _attempt = Attempt.None;
    }

    private void Use(int threads)
    {
        if (threads == _threads)
            return;
        _threads = threads;
        if (!_byThreads.TryGetValue(threads, out _costs!))
            _byThreads[threads] = _costs = new StepCosts();
    }

    /// <summary>A block that should be measured and holds the first slot that is due; null when none should be now.</summary>
    private SlotBlock? Trial(ReadOnlySpan<SlotUse> slots, int start, int natural, double share)
    {
        if (_tried >= _seconds * Unknown && _triedAgain >= _seconds * Known)
            return null;
        var (first, end) = (start, start);
        while (first > 0 && slots[first - 1] != SlotUse.Shut)
            first--;
        while (end < slots.Length && slots[end] != SlotUse.Shut)
            end++;

        // Parts first: what they compute is asked for. Then padding, the least first.
        for (var size = natural; size >= 1; size--)
        {
            if (IsWorthATrial(size, size, share))
                return new SlotBlock(start, size);
        }

        for (var size = natural + 1; size <= end - first; size++)
        {
            var from = Math.Min(start, end - size);
            if (IsWorthATrial(size, slots.Slice(from, size).Count(SlotUse.Due), share))
                return new SlotBlock(from, size);
        }

        return null;
    }

    private bool IsWorthATrial(int size, int due, double share)
    {
        // What a sequence costs in that block, padding left out, beside what it costs on average.
        var times = _costs.Of(size) / due / share;
        var age = _costs.Age(size, _calls);
        var isNew = !_costs.Knows(size) && times < NotHopeless;
        var isAgain = age >= (times < Promising ? Stale : VeryStale) && times < NotHopeless;
        if (isNew ? _tried >= _seconds * Unknown : !isAgain || _triedAgain >= _seconds * Known)
            return false;
        _attempt = isNew ? Attempt.New : Attempt.Again;
        return true;
    }

    /// <summary>The first block of the cheapest cut of what is left of the round.</summary>
    /// <param name="slots">All slots.</param>
    /// <param name="start">The first that is due.</param>
    /// <param name="natural">How many are due from there on without a gap.</param>
    /// <param name="share">What a sequence costs in that cut on average.</param>
    private SlotBlock Best(ReadOnlySpan<SlotUse> slots, int start, int natural, out double share)
    {
        // From the last slot to the first: least seconds for all that is due from here on, and the length of the block that begins here.
        Span<double> plain = stackalloc double[slots.Length + 1];
        _best[slots.Length] = plain[slots.Length] = 0;
        for (var at = slots.Length - 1; at >= 0; at--)
        {
            (_best[at], _length[at]) = slots[at] == SlotUse.Due ? (double.PositiveInfinity, 0) : (_best[at + 1], 0);
            plain[at] = slots[at] == SlotUse.Due ? Plain(slots, at, plain) : plain[at + 1];
            if (slots[at] == SlotUse.Shut)
                continue;
            for (var size = 1; at + size <= slots.Length && slots[at + size - 1] != SlotUse.Shut; size++)
            {
                if (_costs.Knows(size) && !_costs.IsNoisy(size) && _costs.Of(size) + _best[at + size] < _best[at])
                    (_best[at], _length[at]) = (_costs.Of(size) + _best[at + size], size);
            }
        }

        var least = Math.Min(_best[0], plain[start]);
        share = double.IsFinite(least) ? least / slots.Count(SlotUse.Due) : _costs.Of(natural) / natural;
        var first = 0;
        while (first < slots.Length && _length[first] == 0)
            first++;
        return double.IsFinite(_best[0]) && _best[0] < plain[start] * Better && first < slots.Length
            ? new SlotBlock(first, _length[first])
            : new SlotBlock(start, natural);
    }

    private double Plain(ReadOnlySpan<SlotUse> slots, int at, ReadOnlySpan<double> after)
    {
        var length = LengthOf(slots, at);
        return _costs.Knows(length) ? _costs.Of(length) + after[at + length] : double.PositiveInfinity;
    }

    /// <summary>How many slots from here on follow one another and are all due.</summary>
    private static int LengthOf(ReadOnlySpan<SlotUse> slots, int start)
    {
        var length = slots[start..].IndexOfAnyExcept(SlotUse.Due);
        return length < 0 ? slots.Length - start : length;
    }

    private enum Attempt
    {
        None,
        New,
        Again,
    }
}

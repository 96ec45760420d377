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
/// A size that was never measured is tried where a round would be shorter if it took as little as can be hoped by its neighbours;
/// everything else that is not known, or was known long ago, is tried in a hundredth of the time. What trials cost is what they take
/// more than the best cut. Calls below a millisecond are not cut: what surrounds them costs as much, and their times say little. Where
/// times are noisy the round is one call.
/// </para>
/// </remarks>
/// <param name="hasSecond">There is a second variant of the code to compute calls with.</param>
internal sealed class StepShape(bool hasSecond = false)
{
    private const double Short = 0.001;

    /// <summary>Another cut must promise this much less time than the round in natural blocks.</summary>
    private const double Better = 0.99;

    /// <summary>Share of the time that trials may cost: of sizes that promise something, and of all others.</summary>
    private const double Hopeful = 0.1;
    private const double Curious = 0.01;

    /// <summary>What was not measured for so many calls may be tried again where it was at most so much worse.</summary>
    private const int Stale = 1000;
    private const double Promising = 1.15;
    private const int VeryStale = 10_000;
    private const double NotHopeless = 2;

    private readonly Dictionary<int, VariantCosts> _byThreads = [];
    private readonly RoundCut _known = new();
    private readonly RoundCut _hoped = new();
    private readonly CallCost[] _bySize = new CallCost[StepCosts.Most + 1];
    private VariantCosts _costs = new(hasSecond);
    private int _threads = -1;
    private long _calls;
    private double _seconds;
    private double _lostToHope;
    private double _lostToCuriosity;
    private bool _isShort = true;
    private Trial? _trial;

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
        (_trial, IsShaped) = (null, false);
        if (IsWhole || slots.Length > StepCosts.Most)
            return SlotBlock.All;
        var start = slots.IndexOf(SlotUse.Due);
        var natural = new SlotBlock(start, RoundCut.LengthOf(slots, start));
        var plain = _costs.First;
        var block = plain.IsSure(natural.Count) ? Choose(slots, natural) : natural;
        IsShaped = block.First != start || block.Count != natural.Count || slots[(start + natural.Count)..].Contains(SlotUse.Due);
        return block;
    }

    /// <summary>Time of a call that decodes so many slots that follow one another; zero when it is not known.</summary>
    internal TimeSpan TimeOf(int slots) =>
        slots <= StepCosts.Most && _costs.First.Knows(slots) ? TimeSpan.FromSeconds(_costs.First.Of(slots)) : TimeSpan.Zero;

    /// <summary>Takes how long a call took that computed no prompt.</summary>
    /// <param name="slots">Slots that it decoded, padding included; 0 when they do not follow one another.</param>
    /// <param name="isSecond">It was computed with the second variant of the code.</param>
    /// <param name="threads">Threads that computed it.</param>
    /// <param name="elapsed">Its time.</param>
    internal void Observe(int slots, bool isSecond, int threads, TimeSpan elapsed)
    {
        if (slots > StepCosts.Most || elapsed <= TimeSpan.Zero)
            return;
        Use(threads);
        var seconds = elapsed.TotalSeconds;
        _isShort = seconds < Short;
        if (slots == 0)
            return;
        _costs.Of(isSecond).Add(slots, seconds, ++_calls);
        _seconds += seconds;
        if (_trial is { } trial && trial.Block.Count == slots && trial.Block.IsSecond == isSecond)
            (trial.IsHopeful ? ref _lostToHope : ref _lostToCuriosity) += Math.Max(0, seconds - trial.Worth);
        _trial = null;
    }

    private void Use(int threads)
    {
        if (threads == _threads)
            return;
        _threads = threads;
        if (!_byThreads.TryGetValue(threads, out _costs!))
            _byThreads[threads] = _costs = new VariantCosts(hasSecond);
    }

    private SlotBlock Choose(ReadOnlySpan<SlotUse> slots, SlotBlock natural)
    {
        var bySize = _bySize.AsSpan(0, slots.Length + 1);
        _costs.Known(bySize);
        _known.Find(slots, bySize);
        var plain = RoundCut.PlainSeconds(slots, _costs.First);
        var (best, seconds) = _known.Seconds < plain * Better ? (_known.First, _known.Seconds) : (natural, plain);
        var share = (double.IsFinite(seconds) ? seconds : _costs.First.Of(natural.Count)) / slots.Count(SlotUse.Due);
        if (_lostToHope < _seconds * Hopeful)
        {
            _costs.Hope(bySize);
            _hoped.Find(slots, bySize);
            if (_hoped.Seconds < seconds * Better && _hoped.FirstUnknown is { Count: > 0 } hope)
                return Try(slots, hope, share, isHopeful: true);
        }

        return _lostToCuriosity < _seconds * Curious && Curiosity(slots, natural, share) is { } block
            ? Try(slots, block, share, isHopeful: false)
            : best;
    }

    private SlotBlock Try(ReadOnlySpan<SlotUse> slots, SlotBlock block, double share, bool isHopeful)
    {
        _trial = new Trial(block, isHopeful, share * slots.Slice(block.First, block.Count).Count(SlotUse.Due));
        return block;
    }

    /// <summary>A block that was not measured, or long ago, and holds the first slot that is due.</summary>
    private SlotBlock? Curiosity(ReadOnlySpan<SlotUse> slots, SlotBlock natural, double share)
    {
        var (first, end) = (natural.First, natural.First);
        while (first > 0 && slots[first - 1] != SlotUse.Shut)
            first--;
        while (end < slots.Length && slots[end] != SlotUse.Shut)
            end++;

        // Parts first: what they compute is asked for. Then padding, the least first.
        for (var size = natural.Count; size >= 1; size--)
        {
            if (IsCurious(size, size, share) is { } isSecond)
                return new SlotBlock(natural.First, size, isSecond);
        }

        for (var size = natural.Count + 1; size <= end - first; size++)
        {
            var from = Math.Min(natural.First, end - size);
            if (IsCurious(size, slots.Slice(from, size).Count(SlotUse.Due), share) is { } isSecond)
                return new SlotBlock(from, size, isSecond);
        }

        return null;
    }

    /// <returns>With the second variant or not; null when neither is worth it.</returns>
    private bool? IsCurious(int size, int due, double share) =>
        IsCurious(_costs.First, size, due, share) ? false
        : _costs.MayBeSecond(size) && IsCurious(_costs.Second!, size, due, share) ? true
        : null;

    private bool IsCurious(StepCosts costs, int size, int due, double share)
    {
        // What a sequence costs in that block, padding left out, beside what it costs on average.
        // One call says enough of a size that is far from it.
        var times = costs.Of(size) / due / share;
        var isKnown = times < Promising ? costs.Knows(size) : costs.IsSeen(size);
        return times < NotHopeless && (!isKnown || costs.Age(size, _calls) >= (times < Promising ? Stale : VeryStale));
    }

    /// <summary>A call that is made to measure it.</summary>
    /// <param name="Block">What it decodes; another call may be made in its place, when the sequences change.</param>
    /// <param name="IsHopeful">It promises something.</param>
    /// <param name="Worth">Seconds that its sequences take in the best cut.</param>
    private readonly record struct Trial(SlotBlock Block, bool IsHopeful, double Worth);
}

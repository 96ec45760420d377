using ModelOps.Runtime.Loading;

namespace ModelOps.Runtime.Batching;

/// <summary>Gives turns to the sequences that decode, as <see cref="StepShape"/> says, and pads.</summary>
/// <remarks>Used by the thread of the batch loop.</remarks>
internal sealed class StepTurns(EngineContext context, RunningSequences sequences, PrefixCache prefixes)
{
    private readonly StepShape _shape = new(context.Pools.HasSecond);
    private readonly SlotUse[] _slots = new SlotUse[context.SequenceNumbers];

    private SlotBlock _block;
    private bool _isPlain;

    /// <summary>A round has begun in which some may still be due.</summary>
    private bool _isBegun;

    /// <summary>What pads the step, by slot.</summary>
    internal List<Padding> Padding { get; } = [];

    /// <summary>The step does not hold every sequence that decodes, or has padding.</summary>
    internal bool IsShaped => !_block.IsAll && _shape.IsShaped;

    /// <summary>The step is computed with the second variant of the code.</summary>
    internal bool IsSecond => _block.IsSecond;

    /// <summary>Every sequence that decodes got its token, so that prompts may be computed before the next.</summary>
    internal bool IsRoundOver => !_isBegun || !sequences.Active.Exists(IsDue);

    /// <summary>The step that is planned decodes nothing; after it every sequence that decodes has a turn.</summary>
    internal void Pass()
    {
        Padding.Clear();
        BeginRound();
        (_block, _isPlain, _isBegun) = (SlotBlock.All, false, true);
    }

    /// <summary>Decides who has a turn in the step that is planned.</summary>
    internal void Plan(int threads)
    {
        Padding.Clear();
        _block = SlotBlock.All;
        _isPlain = context.IsShaped && sequences.Active.TrueForAll(static sequence => !Decodes(sequence) || sequence.Part.Guess.Count == 0);
        _isBegun = false;
        if (!_isPlain || _shape.IsWhole || IsAlone())
            return;
        if (!sequences.Active.Exists(IsDue))
            BeginRound();
        Look();
        _block = _shape.Next(_slots, threads);
        for (var slot = _block.First; slot < _block.First + _block.Count; slot++)
        {
            if (_slots[slot] == SlotUse.Spare)
                Padding.Add(new Padding(slot, prefixes.SpareAt(slot)));
        }
    }

    /// <summary>What a token for each of so many sequences takes in one call; zero when that was not measured.</summary>
    internal TimeSpan RoundOf(int sequences) => _shape.TimeOf(sequences);

    internal bool HasTurn(Sequence sequence) => _block.IsAll || (!sequence.Part.HadTurn && _block.Holds(sequence.Cache.Slot));

    /// <summary>The step was computed: takes the padding away and remembers who had a turn, and the time.</summary>
    internal void Settle(int threads, TimeSpan elapsed)
    {
        foreach (var (slot, position) in Padding)
            context.Memory.RemoveFrom(slot, position);
        if (!_isPlain)
            return;
        var (least, most, count) = (int.MaxValue, -1, Padding.Count);
        foreach (var sequence in sequences.Active)
        {
            if (sequence.Part.Count == 0)
                continue;
            sequence.Part.HadTurn = true;
            _isBegun = true;
            (least, most) = (Math.Min(least, sequence.Cache.Slot), Math.Max(most, sequence.Cache.Slot));
            count++;
        }

        var isOneBlock = !_block.IsAll || most - least + 1 == count;
        _shape.Observe(isOneBlock ? count : 0, _block.IsSecond, threads, elapsed);
    }

    /// <summary>What one sequence says must not depend on what its steps are tried with.</summary>
    private bool IsAlone()
    {
        var count = 0;
        foreach (var sequence in sequences.Active)
            count += Decodes(sequence) ? 1 : 0;
        return count < 2;
    }

    private void BeginRound() => sequences.Active.ForEach(static sequence => sequence.Part.HadTurn = false);

    private static bool Decodes(Sequence sequence) => sequence.Phase == SequencePhase.Decode;

    private static bool IsDue(Sequence sequence) => Decodes(sequence) && !sequence.Part.HadTurn;

    private void Look()
    {
        for (var slot = 0; slot < _slots.Length; slot++)
            _slots[slot] = prefixes.SpareAt(slot) >= 0 ? SlotUse.Spare : SlotUse.Shut;
        foreach (var sequence in sequences.Active)
        {
            if (sequence.Cache.HasSlot)
                _slots[sequence.Cache.Slot] = IsDue(sequence) ? SlotUse.Due : SlotUse.Shut;
        }
    }
}

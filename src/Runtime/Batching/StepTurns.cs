using ModelOps.Runtime.Loading;

namespace ModelOps.Runtime.Batching;

/// <summary>Gives turns to the sequences that decode, as <see cref="StepShape"/> says, and pads.</summary>
/// <remarks>Used by the thread of the batch loop.</remarks>
internal sealed class StepTurns(EngineContext context, RunningSequences sequences, PrefixCache prefixes)
{
    private readonly StepShape _shape = new();
    private readonly SlotUse[] _slots = new SlotUse[context.SequenceNumbers];

    /// <summary>Where a call does not wait for the processor that computes it, or slots cannot be cut, every step is whole.</summary>
    private readonly bool _isFixed = !context.Memory.CanCut || context.Facts.GpuLayers > 0 || context.Profile.Slots == 1;

    private SlotBlock _block;
    private bool _isDecoding;

    /// <summary>What pads the step, by slot.</summary>
    internal List<Padding> Padding { get; } = [];

    /// <summary>The step does not hold every sequence that decodes, or has padding.</summary>
    internal bool IsShaped => !_block.IsAll && _shape.IsShaped;

    /// <summary>Decides who has a turn in the step that is planned.</summary>
    internal void Plan(int threads)
    {
        Padding.Clear();
        _block = SlotBlock.All;
        _isDecoding = sequences.Active.TrueForAll(static sequence => sequence is { Phase: SequencePhase.Decode, Part.Guess.Count: 0 });
        if (_isFixed || !_isDecoding || _shape.IsWhole || sequences.Active.Count == 0)
            return;
        if (sequences.Active.TrueForAll(static sequence => sequence.Part.HadTurn))
            sequences.Active.ForEach(static sequence => sequence.Part.HadTurn = false);
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
        if (_isFixed || !_isDecoding)
            return;
        var (least, most, count) = (int.MaxValue, -1, Padding.Count);
        foreach (var sequence in sequences.Active)
        {
            if (sequence.Part.Count == 0)
                continue;
            sequence.Part.HadTurn = true;
            (least, most) = (Math.Min(least, sequence.Cache.Slot), Math.Max(most, sequence.Cache.Slot));
            count++;
        }

        var isOneBlock = !_block.IsAll || most - least + 1 == count;
        _shape.Observe(isOneBlock ? count : 0, threads, elapsed);
    }

    private void Look()
    {
        for (var slot = 0; slot < _slots.Length; slot++)
            _slots[slot] = prefixes.SpareAt(slot) >= 0 ? SlotUse.Spare : SlotUse.Shut;
        foreach (var sequence in sequences.Active)
            _slots[sequence.Cache.Slot] = sequence.Part.HadTurn ? SlotUse.Shut : SlotUse.Due;
    }
}

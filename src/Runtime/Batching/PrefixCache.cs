using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Batching;

/// <summary>A finished sequence whose cells are kept for those that begin alike.</summary>
internal sealed class KeptPrefix(int slot, int[] tokens)
{
    internal int Slot => slot;

    internal int[] Tokens => tokens;

    /// <summary>Tokens at the start whose cells other sequences may use too.</summary>
    internal int Shared { get; set; }

    /// <summary>Tokens that nobody else had when it was kept.</summary>
    internal int Own { get; set; }

    internal long LastUsed { get; set; }
}

/// <summary>Finds the longest computed prefix of a new sequence among running and finished ones, and keeps finished ones while there is room.</summary>
/// <remarks>
/// Sharing costs no computation and no memory: cells of the cache belong to several sequences at once. Least recently used
/// prefixes go first. Used by the thread of the batch loop.
/// </remarks>
internal sealed class PrefixCache(CacheMemory memory, SlotNumbers slots, int maxKept, int maxKeptTokens)
{
    /// <summary>Shorter prefixes are computed faster than they are looked after.</summary>
    internal const int MinShared = 4;

    /// <summary>So much more must a running prefill bring than what is there already, that waiting for it is right.</summary>
    internal const int MinAwaited = 32;

    private readonly List<KeptPrefix> _kept = [];
    private long _clock;

    internal int KeptCount => _kept.Count;

    /// <summary>Gives <paramref name="sequence"/> a slot and the longest prefix there is, or tells it whom to wait for.</summary>
    internal void Assign(Sequence sequence, IReadOnlyList<Sequence> active)
    {
        var tokens = CollectionsMarshal.AsSpan(sequence.Tokens);
        var kept = BestKept(tokens, out var keptLength);
        var running = BestRunning(sequence, tokens, active, out var runningLength);
        var best = Math.Max(keptLength, runningLength);
        if (memory.CanCut && sequence.Leader is null && FindLeader(sequence, tokens, active, best))
        {
            sequence.Phase = SequencePhase.AwaitingPrefix;
            return;
        }

        sequence.Leader = null;
        sequence.Phase = SequencePhase.Prefill;
        if (runningLength >= MinShared && runningLength >= keptLength)
            Share(sequence, running!, runningLength);
        else if (keptLength >= MinShared)
            Share(sequence, kept!, keptLength);
        else
            sequence.Slot = TakeSlot();
    }

    /// <summary>A sequence is over: keeps what it computed, or frees its slot.</summary>
    internal void Keep(Sequence sequence)
    {
        var usable = Math.Min(sequence.Computed, sequence.Unmoved);
        var whole = usable == sequence.Computed;
        if (usable < MinShared || maxKept == 0 || (!whole && !(memory.CanCut && memory.RemoveFrom(sequence.Slot, usable))))
        {
            Free(sequence.Slot);
            return;
        }

        var tokens = CollectionsMarshal.AsSpan(sequence.Tokens)[..usable].ToArray();
        RemoveCovered(tokens);
        var known = _kept.Count == 0 ? 0 : _kept.Max(other => tokens.AsSpan().CommonPrefixLength(other.Tokens));
        _kept.Add(new KeptPrefix(sequence.Slot, tokens) { LastUsed = ++_clock, Shared = Math.Min(sequence.Shared, usable), Own = usable - known });
        while (_kept.Count > maxKept || (_kept.Count > 1 && _kept.Sum(other => other.Own) > maxKeptTokens))
            _ = EvictOne();
    }

    /// <summary>Forgets the least recently used prefix.</summary>
    /// <returns>False when there is none.</returns>
    internal bool EvictOne()
    {
        if (_kept.Count == 0)
            return false;

        var oldest = _kept[0];
        foreach (var kept in _kept)
        {
            if (kept.LastUsed < oldest.LastUsed)
                oldest = kept;
        }

        _kept.Remove(oldest);
        Free(oldest.Slot);
        return true;
    }

    /// <summary>Kept prefixes give up everything after <paramref name="position"/> that they share with a sequence whose cells will move.</summary>
    internal void Detach(Sequence sequence, int position)
    {
        var tokens = CollectionsMarshal.AsSpan(sequence.Tokens)[..sequence.Computed];
        for (var at = _kept.Count - 1; at >= 0; at--)
        {
            var kept = _kept[at];
            if (kept.Shared > position && tokens.CommonPrefixLength(kept.Tokens) > position)
            {
                _kept.RemoveAt(at);
                Free(kept.Slot);
            }
        }
    }

    private void Free(int slot)
    {
        memory.Remove(slot);
        slots.Return(slot);
    }

    private int TakeSlot()
    {
        int slot;
        while (!slots.TryTake(out slot))
        {
            if (!EvictOne())
                throw new InvalidOperationException("There are more active sequences than slots.");
        }

        return slot;
    }

    private KeptPrefix? BestKept(ReadOnlySpan<int> tokens, out int length)
    {
        KeptPrefix? best = null;
        length = 0;
        foreach (var kept in _kept)
        {
            var common = Math.Min(tokens.CommonPrefixLength(kept.Tokens), tokens.Length - 1);
            if (common > length && Usable(kept.Slot, common, kept.Tokens.Length))
                (best, length) = (kept, common);
        }

        return best;
    }

    private Sequence? BestRunning(Sequence sequence, ReadOnlySpan<int> tokens, IReadOnlyList<Sequence> active, out int length)
    {
        Sequence? best = null;
        length = 0;
        foreach (var other in active)
        {
            if (other == sequence || other.Slot < 0)
                continue;

            var computed = Math.Min(Math.Min(other.Computed, other.Unmoved), other.Tokens.Count);
            var common = tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(other.Tokens)[..computed]);
            common = Math.Min(common, tokens.Length - 1);
            if (common > length && Usable(other.Slot, common, other.Computed))
                (best, length) = (other, common);
        }

        return best;
    }

    /// <summary>Somebody is computing a longer common prefix than <paramref name="have"/> right now.</summary>
    private static bool FindLeader(Sequence sequence, ReadOnlySpan<int> tokens, IReadOnlyList<Sequence> active, int have)
    {
        foreach (var other in active)
        {
            if (other == sequence || other.Phase != SequencePhase.Prefill || other.Unmoved != int.MaxValue)
                continue;

            var common = Math.Min(tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(other.Tokens)), tokens.Length - 1);
            if (common >= have + MinAwaited)
                (sequence.Leader, sequence.LeaderLength, have) = (other, common, common);
        }

        return sequence.Leader is not null;
    }

    private bool Usable(int slot, int length, int whole) => memory.CanCut ? memory.Reaches(slot, length) : length == whole;

    private void Share(Sequence sequence, Sequence source, int length)
    {
        sequence.Slot = TakeSlotBut(source.Slot);
        memory.Copy(source.Slot, sequence.Slot, length);
        source.Shared = Math.Max(source.Shared, length);
        Start(sequence, length, length);
    }

    private void Share(Sequence sequence, KeptPrefix source, int length)
    {
        source.LastUsed = ++_clock;
        if (length == source.Tokens.Length)
        {
            // It continues exactly what was kept, so it takes its place.
            _kept.Remove(source);
            sequence.Slot = source.Slot;
            Start(sequence, length, source.Shared);
            return;
        }

        sequence.Slot = TakeSlotBut(source.Slot);
        memory.Copy(source.Slot, sequence.Slot, length);
        source.Shared = Math.Max(source.Shared, length);
        Start(sequence, length, length);
    }

    /// <summary>A free slot, found without evicting the prefix that is about to be copied.</summary>
    private int TakeSlotBut(int source)
    {
        foreach (var kept in _kept)
        {
            if (kept.Slot == source)
                kept.LastUsed = ++_clock;
        }

        return TakeSlot();
    }

    private static void Start(Sequence sequence, int length, int shared)
    {
        sequence.Computed = length;
        sequence.Cached = length;
        sequence.Shared = shared;
    }

    /// <summary>Kept prefixes that <paramref name="tokens"/> contains whole are of no more use.</summary>
    private void RemoveCovered(ReadOnlySpan<int> tokens)
    {
        for (var at = _kept.Count - 1; at >= 0; at--)
        {
            if (memory.CanCut && tokens.StartsWith(_kept[at].Tokens))
            {
                Free(_kept[at].Slot);
                _kept.RemoveAt(at);
            }
        }
    }
}

using System.Runtime.InteropServices;
using ModelOps.Runtime.Loading;

namespace ModelOps.Runtime.Batching;

/// <summary>A finished sequence whose cells are kept for those that begin alike.</summary>
internal sealed class KeptPrefix(int slot, int[] tokens)
{
    internal int Slot => slot;

    internal int[] Tokens => tokens;

    internal long LastUsed { get; set; }
}

/// <summary>
/// Finds the longest computed prefix of a new sequence among running and finished ones, and keeps finished ones until their slot is needed.
/// </summary>
/// <remarks>
/// Every slot has cells of its own: a step that looks at the cells of all sequences takes twice as long and more where there are many. So a
/// prefix is taken over with its slot, or copied, which costs much less than to compute it. Least recently used ones go first, into main
/// memory where there is room for them. Used by the thread of the batch loop.
/// </remarks>
internal sealed class PrefixCache : IDisposable
{
    /// <summary>Taking a slot over costs nothing; computing one token of a large model costs 20 ms.</summary>
    internal const int MinShared = 1;

    /// <summary>A sequence waits for a running prefill that will soon have this many tokens more than what is there already.</summary>
    internal const int MinAwaited = 32;

    /// <summary>The cells of a slot are copied whole; copying this many takes no longer than computing one.</summary>
    private const int CopiedLikeOneComputed = 64;

    private readonly CacheMemory _memory;
    private PrefixStore? _store;
    private readonly int _contextLength;
    private readonly int _minCopied;
    private readonly SortedSet<int> _free;
    private readonly List<KeptPrefix> _kept = [];
    private long _clock;

    /// <param name="memory">Cache of the context.</param>
    /// <param name="slots">Sequences that it tells apart, at least as many as run.</param>
    /// <param name="contextLength">Tokens that a slot has room for.</param>
    /// <param name="storeBytes">Main memory for prefixes whose slot others need; 0 forgets those, until some is lent.</param>
    internal PrefixCache(CacheMemory memory, int slots, int contextLength, long storeBytes)
    {
        _memory = memory;
        _contextLength = contextLength;
        _store = storeBytes > 0 && memory.Exists ? new PrefixStore(memory, storeBytes) : null;
        _minCopied = Math.Max(MinShared, memory.CanCut ? contextLength / CopiedLikeOneComputed : 0);
        _free = [.. Enumerable.Range(0, slots)];
    }

    /// <inheritdoc/>
    public void Dispose() => _store?.Dispose();

    /// <summary>Prefixes whose slot others need may take so many bytes of main memory.</summary>
    /// <returns>True when some were freed.</returns>
    internal bool Lend(long bytes)
    {
        if (_store is null && bytes > 0 && _memory.Exists)
            _store = new PrefixStore(_memory, bytes);
        return _store is not null && _store.Resize(bytes);
    }

    /// <summary>Gives <paramref name="sequence"/> a slot and the longest prefix there is, or lets it wait for a running one.</summary>
    internal void Assign(Sequence sequence, List<Sequence> active)
    {
        // A prompt whose probabilities are reported is computed anew: they are not kept.
        var tokens = sequence.TellsPrompt ? [] : CollectionsMarshal.AsSpan(sequence.Cache.Tokens);
        var kept = BestKept(tokens, out var keptLength);
        var running = BestRunning(sequence, tokens, active, out var runningLength);
        var storedLength = 0;
        var stored = _store?.Best(tokens, out storedLength);
        var longest = Math.Max(storedLength, Math.Max(keptLength, runningLength));
        if (_memory.CanCut && sequence.Leader is null && FindLeader(sequence, tokens, active, longest, out var prefix) is { } leader)
        {
            sequence.AwaitPrefix(leader, prefix);
            return;
        }

        sequence.Prefill();
        if (stored is not null && storedLength >= Math.Max(keptLength, runningLength) + PrefixStore.MinTokens)
            Restore(stored, sequence.Cache, storedLength, active);
        else if (runningLength > keptLength)
            Copy(running!.Cache.Slot, sequence.Cache, runningLength, active);
        else if (kept is null)
            sequence.Cache.Take(TakeSlot(active, but: -1));
        else if (IsTakenOver(kept, keptLength))
            TakeOver(kept, sequence.Cache, keptLength);
        else
            Copy(kept, sequence.Cache, keptLength, active);
    }

    /// <summary>A sequence is over: keeps what it computed, or frees its slot.</summary>
    internal void Keep(SequenceCache sequence)
    {
        var usable = Math.Min(sequence.Computed, sequence.Unmoved);
        var whole = usable == sequence.Computed;
        if (usable < MinShared || (!whole && !(_memory.CanCut && _memory.RemoveFrom(sequence.Slot, usable))))
        {
            Free(sequence.Slot);
            return;
        }

        var tokens = CollectionsMarshal.AsSpan(sequence.Tokens)[..usable].ToArray();
        RemoveCovered(tokens);
        _kept.Add(new KeptPrefix(sequence.Slot, tokens) { LastUsed = ++_clock });
    }

    /// <summary>Position at which a slot that no sequence has can compute a token that is taken away again; -1 when it cannot.</summary>
    internal int SpareAt(int slot)
    {
        if (_free.Contains(slot))
            return 0;

        // A sliding window forgets its oldest token for a new one.
        return _memory.Window == 0 && _kept.Find(kept => kept.Slot == slot) is { } keeper && keeper.Tokens.Length < _contextLength
            ? keeper.Tokens.Length
            : -1;
    }

    /// <summary>Forgets the least recently used prefix.</summary>
    /// <returns>False when there is none.</returns>
    internal bool EvictOne()
    {
        if (_kept.MinBy(kept => kept.LastUsed) is not { } oldest)
            return false;

        Forget(oldest);
        return true;
    }

    private void Forget(KeptPrefix kept)
    {
        _kept.Remove(kept);
        Free(kept.Slot);
    }

    private void Free(int slot)
    {
        _memory.Remove(slot);
        _free.Add(slot);
    }

    /// <summary>
    /// A slot that keeps nothing, else the least recently used; among them one beside a running sequence: slots that follow one another are
    /// computed together, others one after the other.
    /// </summary>
    private int TakeSlot(List<Sequence> active, int but)
    {
        var slot = _free.Count > 0
            ? _free.MinBy(slot => (IsBesideRunning(slot, active) ? 0 : 1, slot))
            : _kept.Where(kept => kept.Slot != but).MinBy(kept => (IsBesideRunning(kept.Slot, active) ? 0 : 1, kept.LastUsed)) is { } kept
                ? SetAside(kept)
                : throw new InvalidOperationException("There are more active sequences than slots.");
        _free.Remove(slot);
        return slot;
    }

    private int SetAside(KeptPrefix kept)
    {
        _store?.Save(kept.Slot, kept.Tokens);
        Forget(kept);
        return kept.Slot;
    }

    private static bool IsBesideRunning(int slot, List<Sequence> active)
    {
        foreach (var sequence in active)
        {
            if (sequence.Cache.HasSlot && Math.Abs(sequence.Cache.Slot - slot) == 1)
                return true;
        }

        return false;
    }

    private KeptPrefix? BestKept(ReadOnlySpan<int> tokens, out int length)
    {
        KeptPrefix? best = null;
        length = 0;
        foreach (var kept in _kept)
        {
            var common = Math.Min(tokens.CommonPrefixLength(kept.Tokens), tokens.Length - 1);
            var least = IsTakenOver(kept, common) ? MinShared : _minCopied;
            if (common > length && common >= least && IsUsable(kept.Slot, common, kept.Tokens.Length))
                (best, length) = (kept, common);
        }

        return best;
    }

    private Sequence? BestRunning(Sequence sequence, ReadOnlySpan<int> tokens, List<Sequence> active, out int length)
    {
        Sequence? best = null;
        length = 0;
        foreach (var other in active)
        {
            if (other == sequence || !other.Cache.HasSlot)
                continue;

            var cache = other.Cache;
            var computed = Math.Min(Math.Min(cache.Computed, cache.Unmoved), cache.Tokens.Count);
            var common = tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(cache.Tokens)[..computed]);
            common = Math.Min(common, tokens.Length - 1);
            if (common > length && common >= _minCopied && IsUsable(cache.Slot, common, cache.Computed))
                (best, length) = (other, common);
        }

        return best;
    }

    /// <summary>
    /// The sequence that is computing a much longer common prefix than <paramref name="have"/> right now; null when none is.
    /// </summary>
    private Sequence? FindLeader(Sequence sequence, ReadOnlySpan<int> tokens, List<Sequence> active, int have, out int length)
    {
        Sequence? leader = null;
        length = have;
        foreach (var other in active)
        {
            if (other == sequence || other.Phase != SequencePhase.Prefill || !other.Cache.IsUnmoved)
                continue;

            var common = Math.Min(tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(other.Cache.Tokens)), tokens.Length - 1);
            if (common >= length + Math.Max(MinAwaited, _minCopied))
                (leader, length) = (other, common);
        }

        return leader;
    }

    private bool IsUsable(int slot, int length, int whole) => _memory.CanCut ? _memory.Reaches(slot, length) : length == whole;

    /// <summary>True when little is lost with what comes after the prefix, or there is no other slot to copy it to.</summary>
    private bool IsTakenOver(KeptPrefix kept, int length) =>
        (kept.Tokens.Length - length) * 4 <= kept.Tokens.Length || (_free.Count == 0 && _kept.Count == 1);

    private void TakeOver(KeptPrefix kept, SequenceCache sequence, int length)
    {
        _kept.Remove(kept);
        if (kept.Tokens.Length - length >= PrefixStore.MinTokens)
            _store?.Save(kept.Slot, kept.Tokens);
        if (length < kept.Tokens.Length)
            _memory.RemoveFrom(kept.Slot, length);
        sequence.Reuse(kept.Slot, length);
    }

    private void Restore(StoredPrefix stored, SequenceCache sequence, int length, List<Sequence> active)
    {
        // Taken out of the store first: what the new slot sets aside must not push it out.
        _store!.Take(stored);
        using (stored)
        {
            sequence.Take(TakeSlot(active, but: -1));
            if (!_memory.Read(sequence.Slot, stored.State))
                return;
        }

        if (length < stored.Tokens.Length)
            _memory.RemoveFrom(sequence.Slot, length);
        sequence.Reuse(sequence.Slot, length);
    }

    private void Copy(KeptPrefix kept, SequenceCache sequence, int length, List<Sequence> active)
    {
        kept.LastUsed = ++_clock;
        Copy(kept.Slot, sequence, length, active);
    }

    private void Copy(int source, SequenceCache sequence, int length, List<Sequence> active)
    {
        var slot = TakeSlot(active, source);
        _memory.Copy(source, slot, length);
        sequence.Reuse(slot, length);
    }

    /// <summary>Drops the kept prefixes that <paramref name="tokens"/> contains whole: they are of no more use.</summary>
    private void RemoveCovered(ReadOnlySpan<int> tokens)
    {
        for (var at = _kept.Count - 1; at >= 0; at--)
        {
            if (_memory.CanCut && tokens.StartsWith(_kept[at].Tokens))
                Forget(_kept[at]);
        }
    }
}

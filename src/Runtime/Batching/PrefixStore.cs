using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>A finished sequence that was set aside in main memory.</summary>
internal sealed class StoredPrefix(int[] tokens, SequenceState state) : IDisposable
{
    internal int[] Tokens => tokens;

    internal SequenceState State => state;

    internal long LastUsed { get; set; }

    public void Dispose() => state.Dispose();
}

/// <summary>
/// Sequences whose slot another one needed: to copy one back takes as long as to compute a few tokens. Least recently used ones go
/// first. Used by the thread of the batch loop.
/// </summary>
/// <param name="memory">Cache of the context.</param>
/// <param name="limit">Bytes that may be held at first.</param>
internal sealed class PrefixStore(CacheMemory memory, long limit) : IDisposable
{
    /// <summary>Fewer tokens are computed as fast as they are copied back.</summary>
    internal const int MinTokens = 64;

    private readonly List<StoredPrefix> _stored = [];
    private long _limit = limit;
    private long _clock;
    private long _bytes;

    public void Dispose()
    {
        foreach (var stored in _stored)
            stored.Dispose();
        _stored.Clear();
        _bytes = 0;
    }

    /// <summary>Changes how many bytes may be held, and frees what is more.</summary>
    /// <returns>True when something was freed.</returns>
    internal bool Resize(long bytes)
    {
        _limit = bytes;
        var isFreed = _bytes > _limit;
        while (_bytes > _limit)
            Remove(_stored.MinBy(stored => stored.LastUsed)!);
        return isFreed;
    }

    /// <summary>Keeps what a slot holds. What is too large, or continued by something that is here already, is not kept.</summary>
    internal void Save(int slot, int[] tokens)
    {
        if (tokens.Length < MinTokens)
            return;
        if (_stored.Find(stored => memory.CanCut && stored.Tokens.AsSpan().StartsWith(tokens)) is { } longer)
        {
            longer.LastUsed = ++_clock;
            return;
        }

        var size = memory.SizeOf(slot);
        if (size == 0 || size > _limit)
            return;
        foreach (var covered in _stored.Where(stored => memory.CanCut && tokens.AsSpan().StartsWith(stored.Tokens)).ToList())
            Remove(covered);
        while (_bytes + size > _limit)
            Remove(_stored.MinBy(stored => stored.LastUsed)!);
        if (memory.Write(slot) is not { } state)
            return;
        _stored.Add(new StoredPrefix(tokens, state) { LastUsed = ++_clock });
        _bytes += state.Size;
    }

    /// <summary>The one that begins most like <paramref name="tokens"/>, or null.</summary>
    internal StoredPrefix? Best(ReadOnlySpan<int> tokens, out int length)
    {
        StoredPrefix? best = null;
        length = 0;
        foreach (var stored in _stored)
        {
            var common = Math.Min(tokens.CommonPrefixLength(stored.Tokens), tokens.Length - 1);
            var isUsable = memory.CanCut && memory.Window == 0 ? common >= MinTokens : common == stored.Tokens.Length;
            if (isUsable && common > length)
                (best, length) = (stored, common);
        }

        return best;
    }

    /// <summary>Hands one over; the caller disposes it.</summary>
    internal void Take(StoredPrefix prefix)
    {
        _stored.Remove(prefix);
        _bytes -= prefix.State.Size;
    }

    private void Remove(StoredPrefix prefix)
    {
        Take(prefix);
        prefix.Dispose();
    }
}

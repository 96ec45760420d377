using System.Collections.Immutable;

namespace ModelOps.Runtime.Residency;

/// <summary>What one event changed in memory, until it is told. Used by the loop of a pool.</summary>
internal sealed class MemoryNews
{
    private readonly List<string> _replaced = [];
    private bool _isNews;

    /// <summary>An engine came, left or died.</summary>
    /// <param name="replaced">Names whose replaced build has left with it.</param>
    internal void Add(params ReadOnlySpan<string> replaced)
    {
        _isNews = true;
        _replaced.AddRange(replaced);
    }

    /// <summary>Tells what there is, if anything.</summary>
    internal void Tell(Action<ImmutableArray<string>>? listener)
    {
        if (!_isNews)
            return;
        _isNews = false;
        ImmutableArray<string> replaced = [.. _replaced];
        _replaced.Clear();
        listener?.Invoke(replaced);
    }
}

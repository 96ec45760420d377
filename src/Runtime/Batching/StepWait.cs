namespace ModelOps.Runtime.Batching;

/// <summary>
/// Whether compute threads wait awake for the next step. Steps of a small model follow one another so fast that falling asleep and waking
/// up would take a good part of them; after steps of a large one that time does not show, and threads that poll take the
/// processors from the threads that pass the result on. Pure; used by the thread of the batch loop.
/// </summary>
internal sealed class StepWait
{
    private const int Window = 16;

    /// <summary>Waking up takes about 0.05 ms, about a hundredth of a step this long.</summary>
    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(4);

    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(2);

    private TimeSpan _shortest = TimeSpan.MaxValue;
    private int _seen;

    /// <summary>They poll for a moment before they sleep; else they sleep at once.</summary>
    internal bool IsAwake { get; private set; } = true;

    /// <summary>Takes a step's duration. The shortest of some steps counts: those with prompts in them are long with every model.</summary>
    internal void Observe(TimeSpan step)
    {
        _shortest = step < _shortest ? step : _shortest;
        if (++_seen < Window)
            return;
        IsAwake = _shortest < (IsAwake ? s_long : s_short);
        (_shortest, _seen) = (TimeSpan.MaxValue, 0);
    }
}

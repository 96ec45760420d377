using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Batching;

/// <summary>The sequences that have a slot or wait for one, and how they come and go. Used by the thread of the batch loop.</summary>
/// <param name="prefixes">Gives slots, and keeps what is left in them.</param>
/// <param name="slots">How many may run at once.</param>
/// <param name="counts">Counters of the loop.</param>
/// <param name="time">Clock for durations.</param>
internal sealed class RunningSequences(PrefixCache prefixes, int slots, StepCounts counts, TimeProvider time)
{
    private readonly WaitingSequences<Sequence> _waiting = new(slots, time);
    private bool _hasNews;

    /// <summary>Those that run, in the order in which they were admitted.</summary>
    internal List<Sequence> Active { get; } = [];

    internal void Add(Sequence sequence) => _waiting.Add(sequence);

    /// <summary>
    /// Cancelled ones leave, and waiting ones take their slots; a client that has many gives one to a client that has none.
    /// </summary>
    internal void Update()
    {
        DropCancelled();
        Admit();
        if (_waiting.Yielding(Active) is { } yielding)
        {
            SetAside(yielding);
            Admit();
        }

        counts.Now(Active.Count, _waiting.Count);
    }

    /// <summary>A sequence has its slot and its prefix, unless it still waits for another one's.</summary>
    internal void Assign(Sequence sequence)
    {
        prefixes.Assign(sequence, Active);
        if (sequence.Generated == 0)
            counts.Cached(sequence.Cache.Reused);
    }

    /// <summary>A sequence ends well.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="reason">Why it is over.</param>
    /// <param name="stoppedByText">By a stop text.</param>
    internal void Finish(Sequence sequence, EngineStopReason reason, bool stoppedByText)
    {
        sequence.Finish(reason, stoppedByText, time);
        Leave(sequence);
    }

    /// <summary>The cache has no room for the sequence that came last.</summary>
    internal void RefuseNewest()
    {
        var newest = Active[^1];
        newest.Sink.Fail(new EngineRequestException("the context is full"));
        Leave(newest);
    }

    /// <summary>Something happened that readers wait for: a first token, an end.</summary>
    internal void Announce() => _hasNews = true;

    /// <summary>True when something was announced since the last call, or no sequence runs.</summary>
    internal bool TakeNews()
    {
        var news = _hasNews || Active.Count == 0;
        _hasNews = false;
        return news;
    }

    internal void FailAll(Exception reason)
    {
        foreach (var sequence in Active.Concat(_waiting.Clear()))
            sequence.Fail(reason);

        Active.Clear();
    }

    private void DropCancelled()
    {
        for (var at = Active.Count - 1; at >= 0; at--)
        {
            if (Active[at].IsCancelled)
                Leave(Active[at]);
        }
    }

    private void Admit()
    {
        while (Active.Count < slots && _waiting.TryTake(Active, out var sequence))
        {
            if (sequence.IsCancelled)
            {
                sequence.Dispose();
                continue;
            }

            if (sequence.Generated == 0)
                sequence.Times.Start(time.GetTimestamp());
            Assign(sequence);
            Active.Add(sequence);
        }
    }

    /// <summary>What it computed is kept like that of one that is over, so that it goes on from there.</summary>
    private void SetAside(Sequence sequence)
    {
        Active.Remove(sequence);
        prefixes.Keep(sequence.Cache);
        sequence.Pause();
        _waiting.Return(sequence);
    }

    private void Leave(Sequence sequence)
    {
        Announce();
        Active.Remove(sequence);
        if (sequence.Cache.HasSlot)
            prefixes.Keep(sequence.Cache);

        sequence.Dispose();
    }
}

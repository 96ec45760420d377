using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.Status;

/// <summary>How the work on one model goes, while it goes on. The work writes, anybody reads.</summary>
/// <param name="model">The model.</param>
/// <param name="revision">Revision that asks for it.</param>
/// <param name="plan">Digest of the plan, cut.</param>
/// <param name="since">When it was begun.</param>
/// <param name="time">The clock.</param>
internal sealed class OperationProgress(ModelName model, string revision, string plan, DateTimeOffset since, TimeProvider time)
{
    // A rate is of the last one to two of these.
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(5);

    private readonly Lock _turn = new();
    private ModelPhase _phase = ModelPhase.Pending;
    private DateTimeOffset _phaseSince = time.GetUtcNow();
    private long _step;
    private long _completed;
    private long _total;
    private CanaryStatus? _canary;
    private (long Time, long Bytes) _older;
    private (long Time, long Bytes) _mark;

    internal ModelName Model => model;

    internal ModelPhase Phase
    {
        get
        {
            lock (_turn)
                return _phase;
        }
    }

    internal void Enter(ModelPhase phase, long step)
    {
        lock (_turn)
        {
            if (_phase != phase)
                (_phase, _phaseSince) = (phase, time.GetUtcNow());
            _step = step;
        }
    }

    /// <summary>Bytes have come.</summary>
    internal void Transfer(long completed, long total)
    {
        lock (_turn)
        {
            var now = time.GetTimestamp();
            if (_total == 0)
                _older = _mark = (now, completed);
            else if (time.GetElapsedTime(_mark.Time, now) >= s_window)
                (_older, _mark) = (_mark, (now, completed));
            (_completed, _total) = (completed, total);
        }
    }

    /// <summary>The canary goes like this.</summary>
    internal void Canary(CanaryStatus canary)
    {
        lock (_turn)
            _canary = canary;
    }

    internal OperationStatus Read()
    {
        lock (_turn)
        {
            return new OperationStatus(_phase, _phaseSince, since, revision, plan, _step)
            {
                Transfer = Transferred(),
                Canary = _phase == ModelPhase.Canary ? _canary : null,
            };
        }
    }

    private TransferStatus? Transferred()
    {
        if (_phase != ModelPhase.Fetching || _total == 0)
            return null;
        var took = time.GetElapsedTime(_older.Time).TotalSeconds;
        var rate = took <= 0 ? 0 : (long)Math.Max(0, (_completed - _older.Bytes) / took);
        return new TransferStatus(_completed, _total, rate, rate == 0 ? null : (_total - _completed + rate - 1) / rate);
    }
}

namespace ModelOps.Runtime.Tests.Residency;

/// <summary>Keeps back whatever a method does after its first wait, until the test lets it go on.</summary>
internal sealed class HeldContext : SynchronizationContext
{
    private readonly Lock _gate = new();
    private List<Action>? _held = [];

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            if (_held is not null)
            {
                _held.Add(() => d(state));
                return;
            }
        }

        ThreadPool.QueueUserWorkItem(_ => d(state));
    }

    /// <summary>Code until the disposal of what this returns runs under the context.</summary>
    internal IDisposable Enter()
    {
        var before = Current;
        SetSynchronizationContext(this);
        return new Left(before);
    }

    /// <summary>Everything goes on, in order, and is not held any more.</summary>
    internal void Release()
    {
        List<Action> held;
        lock (_gate)
            (held, _held) = (_held!, null);
        held.ForEach(work => ThreadPool.QueueUserWorkItem(_ => work()));
    }

    private sealed class Left(SynchronizationContext? before) : IDisposable
    {
        public void Dispose() => SetSynchronizationContext(before);
    }
}

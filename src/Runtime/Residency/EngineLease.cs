using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Residency;

/// <summary>The right to use an engine; it is not unloaded before the lease is disposed.</summary>
public sealed class EngineLease : IDisposable
{
    private readonly EnginePool _pool;
    private readonly long _request;
    private int _disposed;

    internal EngineLease(EnginePool pool, long request, IEngine engine, TimeSpan loadTime)
    {
        _pool = pool;
        _request = request;
        Engine = engine;
        LoadTime = loadTime;
    }

    /// <summary>The engine.</summary>
    public IEngine Engine { get; }

    /// <summary>How long loading it took.</summary>
    public TimeSpan LoadTime { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _pool.Finish(_request);
    }
}

/// <summary>No engine for a request, and why.</summary>
public sealed class EngineRefusedException(Refusal refusal) : Exception($"no engine: {refusal}", (refusal as Refusal.LoadFailed)?.Error)
{
    /// <summary>Why.</summary>
    public Refusal Refusal { get; } = refusal;
}

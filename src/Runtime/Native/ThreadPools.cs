namespace ModelOps.Runtime.Native;

/// <summary>
/// The engine's compute threads: one pool for each thread count and way to wait; one pool is in use. They sleep soon after the last step.
/// </summary>
/// <remarks>
/// A pool must have exactly the number of threads that a step uses, hence one for each. Used by the thread of the context, which computes
/// as one of them. Where all processors compute, each thread has one of its own: two that are woken on the same processor wait for each
/// other at every barrier, a slice of the scheduler long, until one of them is moved.
/// </remarks>
internal sealed class ThreadPools : IDisposable
{
    /// <summary>
    /// Rounds of polling between two steps of the same batch loop, in the engine's unit: about two milliseconds, then sleep.
    /// </summary>
    private const uint ShortPoll = 1;

    private readonly List<ContextHandle> _contexts;
    private readonly ThreadPoolHandle?[] _pools;

    /// <summary>Read here, before the thread of the context is bound to one processor.</summary>
    private readonly IReadOnlyList<int> _processors = Posix.Processors();

    internal ThreadPools(ContextHandle context, int maxThreads)
    {
        _contexts = [context];
        _pools = new ThreadPoolHandle?[(maxThreads + 1) * 2];
    }

    /// <summary>Threads of the next step.</summary>
    internal int Threads { get; private set; }

    /// <summary>They poll for a moment after a step.</summary>
    internal bool IsAwake { get; private set; }

    private int Pool => (Threads * 2) + (IsAwake ? 1 : 0);

    /// <summary>
    /// Says how many threads compute from the next step on, and how they wait for it; to be called once before the first.
    /// </summary>
    internal void Use(int threads, bool isAwake)
    {
        if (threads == Threads && isAwake == IsAwake)
            return;

        // The engine puts the pool that was used before to sleep when it meets another one, and gives this thread the other one's
        // processors.
        (Threads, IsAwake) = (threads, isAwake);
        _pools[Pool] ??= Create(threads, isAwake);
        foreach (var context in _contexts)
            Attach(context);
    }

    /// <summary>
    /// Lets another context of the same thread compute with the same pools: two that poll would take the processors from each other.
    /// </summary>
    internal void Share(ContextHandle other)
    {
        _contexts.Add(other);
        if (Threads > 0)
            Attach(other);
    }

    /// <summary>Ends the threads, once the contexts are freed that compute with them.</summary>
    public void Dispose()
    {
        foreach (var pool in _pools)
            pool?.Dispose();
    }

    private void Attach(ContextHandle context)
    {
        if (_pools[Pool] is { } pool)
        {
            context.KeepAlive(pool);
            LlamaNative.llama_attach_threadpool(context, pool, pool);
        }

        LlamaNative.llama_set_n_threads(context, Threads, Threads);
    }

    private unsafe ThreadPoolHandle? Create(int threads, bool isAwake)
    {
        GgmlNative.ggml_threadpool_params_init(out var settings, threads);
        settings.Poll = isAwake ? ShortPoll : 0;
        foreach (var processor in _processors)
            settings.CpuMask[processor] = 1;

        settings.StrictCpu = threads > 1 && threads == _processors.Count ? (byte)1 : (byte)0;
        return GgmlCpuNative.ggml_threadpool_new(settings);
    }
}

namespace ModelOps.Runtime.Native;

/// <summary>
/// The engine's compute threads: one pool for each thread count, way to wait and variant of the code; one pool is in use. They sleep soon
/// after the last step.
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
    private readonly ContextVariants? _variants;

    /// <summary>Read here, before the thread of the context is bound to one processor.</summary>
    private readonly IReadOnlyList<int> _processors = Posix.Processors();

    /// <param name="context">The first context that computes with them.</param>
    /// <param name="maxThreads">Threads of the largest pool.</param>
    /// <param name="variants">The variants of code that this context may compute with, and it alone; null for one.</param>
    internal ThreadPools(ContextHandle context, int maxThreads, ContextVariants? variants)
    {
        _contexts = [context];
        _variants = variants;
        _pools = new ThreadPoolHandle?[(maxThreads + 1) * 4];
    }

    /// <summary>Threads of the next step.</summary>
    internal int Threads { get; private set; }

    /// <summary>They poll for a moment after a step.</summary>
    internal bool IsAwake { get; private set; }

    /// <summary>There are two variants to compute with.</summary>
    internal bool HasSecond => _variants is not null;

    /// <summary>The next step is computed with the second variant.</summary>
    internal bool IsSecond { get; private set; }

    private int Pool => (Threads * 4) + (IsAwake ? 1 : 0) + (IsSecond ? 2 : 0);

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
        AttachAll();
    }

    /// <summary>Says which variant computes from the next step on; only where there are two.</summary>
    internal void UseVariant(bool isSecond)
    {
        if (isSecond == IsSecond)
            return;

        IsSecond = isSecond;
        AttachAll();
        _variants!.Use(isSecond);
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

    private void AttachAll()
    {
        _pools[Pool] ??= Create(Threads, IsAwake);
        foreach (var context in _contexts)
            Attach(context);
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
        return IsSecond ? _variants!.NewPool(settings) : GgmlCpuNative.ggml_threadpool_new(settings);
    }
}

namespace ModelOps.Runtime.Native;

/// <summary>The two variants of code that one context can compute with. Used by the thread of the context.</summary>
/// <param name="second">The other variant than the engine's own.</param>
/// <param name="backend">What the context computes with; it lives as long as the context.</param>
internal sealed class ContextVariants(SecondVariant second, nint backend)
{
    private readonly nint _first = second.FunctionOf(backend);

    /// <summary>From the next step on.</summary>
    internal void Use(bool isSecond) => second.Use(backend, _first, isSecond);

    /// <summary>Threads that compute with the second variant.</summary>
    internal ThreadPoolHandle? NewPool(GgmlThreadPoolParams settings) => second.NewPool(settings);
}

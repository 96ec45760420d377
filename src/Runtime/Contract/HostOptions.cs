using ModelOps.ModelStore.Showing;

namespace ModelOps.Runtime.Contract;

/// <summary>
/// Settings of the serving host; where the environment names them, with the reference's meaning (spec/modelfile-and-store.md 7.8).
/// </summary>
public sealed record HostOptions
{
    /// <summary>Bytes that all engines together may hold.</summary>
    public required long MemoryBudget { get; init; }

    /// <summary><c>OLLAMA_CONTEXT_LENGTH</c>; 0 is automatic.</summary>
    public int ContextLength { get; init; }

    /// <summary><c>OLLAMA_NUM_PARALLEL</c>; 0 is the default of the load planner.</summary>
    public int Parallel { get; init; }

    /// <summary>Processors that an engine may compute with, by affinity and quota; 0 leaves the limit to the engine.</summary>
    public int Processors { get; init; }

    /// <summary>
    /// Models may be hosted with code that uses the processor's tiles, which keeps another copy of their matrices:
    /// <see cref="Hosting.EngineLibrary.MayUseTiles"/>.
    /// </summary>
    public bool UsesTiles { get; init; }

    /// <summary><c>OLLAMA_KV_CACHE_TYPE</c>; empty is the default.</summary>
    public string KvCacheType { get; init; } = "";

    /// <summary><c>OLLAMA_FLASH_ATTENTION</c>; null is automatic.</summary>
    public bool? FlashAttention { get; init; }

    /// <summary><c>OLLAMA_KEEP_ALIVE</c>.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>OLLAMA_MAX_LOADED_MODELS</c>; 0 is automatic.</summary>
    public int MaxLoadedModels { get; init; }

    /// <summary><c>OLLAMA_MAX_QUEUE</c>.</summary>
    public int MaxQueue { get; init; } = 512;

    /// <summary><c>OLLAMA_GO_TEMPLATE</c>; null is automatic.</summary>
    public bool? GoTemplate { get; init; }

    /// <summary>Compute the system prompt of pinned and of updated models before their first request.</summary>
    public bool WarmPrefixes { get; init; } = true;

    /// <summary>
    /// Which template renders the chats of a model: one that git declares always wins; else <see cref="GoTemplate"/> decides.
    /// </summary>
    internal GoTemplateMode TemplateMode(ModelPolicy? policy) => policy is not null ? GoTemplateMode.Always : GoTemplate switch
    {
        true => GoTemplateMode.Always,
        false => GoTemplateMode.Never,
        null => GoTemplateMode.Auto,
    };
}

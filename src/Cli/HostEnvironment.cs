using System.Globalization;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Cli;

/// <summary>Reads the reference's environment variables as the reference does (spec/modelfile-and-store.md 7.8).</summary>
internal sealed class HostEnvironment(Func<string, string?> read)
{
    /// <summary>The longest span that timers take.</summary>
    private static readonly TimeSpan s_longestLoad = TimeSpan.FromDays(40);

    /// <summary>Settings of the serving host.</summary>
    /// <param name="memoryBudget">Bytes that engines may hold.</param>
    internal HostOptions HostOptions(long memoryBudget) => new()
    {
        MemoryBudget = memoryBudget,
        Processors = Environment.ProcessorCount,
        ContextLength = Number("OLLAMA_CONTEXT_LENGTH", 0),
        Parallel = Number("OLLAMA_NUM_PARALLEL", 0),
        MaxLoadedModels = Number("OLLAMA_MAX_LOADED_MODELS", 0),
        MaxQueue = Number("OLLAMA_MAX_QUEUE", 512),
        KvCacheType = Lower(Text("OLLAMA_KV_CACHE_TYPE")),
        FlashAttention = Flag("OLLAMA_FLASH_ATTENTION"),
        GoTemplate = Flag("OLLAMA_GO_TEMPLATE"),
        KeepAlive = KeepAlive(),
    };

    /// <summary>
    /// <c>OLLAMA_LOAD_TIMEOUT</c>: how long a load may make no progress. Zero and less is for ever, what cannot be read is five minutes.
    /// </summary>
    internal TimeSpan LoadLimit() => Span("OLLAMA_LOAD_TIMEOUT") switch
    {
        null => TimeSpan.FromMinutes(5),
        { Ticks: <= 0 } => Timeout.InfiniteTimeSpan,
        { } value => value < s_longestLoad ? value : s_longestLoad,
    };

    /// <summary><c>OLLAMA_LLM_LIBRARY</c>: the variant of the engine for the processor, <c>cpu_avx2</c>; null when it is not set.</summary>
    internal string? CpuVariant() => Lower(Text("OLLAMA_LLM_LIBRARY")) is { Length: > 0 } name ? name : null;

    /// <summary>A variable without blanks and quotes around it; empty when it is not set.</summary>
    internal string Text(string name) => (read(name) ?? "").Trim().Trim('"', '\'');

    /// <summary>Null when unset; what cannot be read counts as true.</summary>
    internal bool? Flag(string name) => Text(name) switch
    {
        "" => null,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => true,
    };

    private int Number(string name, int otherwise) =>
        int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    /// <summary>A duration, or bare seconds; negative is for ever, what cannot be read is five minutes.</summary>
    private TimeSpan KeepAlive() => Span("OLLAMA_KEEP_ALIVE") switch
    {
        null => TimeSpan.FromMinutes(5),
        { Ticks: < 0 } => TimeSpan.MaxValue,
        { } value => value,
    };

    private TimeSpan? Span(string name)
    {
        var text = Text(name);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, -1, 1_000_000_000))
            : GoDuration.TryParse(text, out var duration) ? duration : null;
    }

#pragma warning disable CA1308 // The engine's names are lower case.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}

using System.Collections.Immutable;

namespace ModelOps.Runtime.Engines;

/// <summary>Everything that needs the context or the weights loaded anew. Two builds with equal profiles share an engine.</summary>
/// <remarks>Compare with <see cref="LoadProfileDigest"/>, never with <c>==</c>: record equality does not look into collections.</remarks>
public sealed record LoadProfile
{
    /// <summary>Absolute path of the weights (the first shard where there are several).</summary>
    public required string Weights { get; init; }

    /// <summary>LoRA adapters, applied in order.</summary>
    public ImmutableArray<AdapterSpec> Adapters { get; init; } = [];

    /// <summary>Absolute path of a draft model for speculative decoding, or null.</summary>
    public string? Draft { get; init; }

    /// <summary>Most tokens that <see cref="Draft"/> guesses at a time, up to 15; 0 leaves it unloaded.</summary>
    public int DraftTokens { get; init; }

    /// <summary>Most tokens that are guessed at a time from what a text said before, up to 15; 0 guesses none.</summary>
    public int LookupTokens { get; init; }

    /// <summary>As many tokens are set aside as there is memory for that nobody else needs.</summary>
    public const int AsLent = -1;

    /// <summary>
    /// Tokens of finished sequences that are set aside in main memory when others need their slot; 0 sets none aside,
    /// <see cref="AsLent"/> as many as <see cref="IEngine.LendAsync"/> allows.
    /// </summary>
    public int PrefixTokens { get; init; }

    /// <summary>Context of one slot in tokens, at least 4; the engine's whole context is this times <see cref="Slots"/>.</summary>
    public required int ContextLength { get; init; }

    /// <summary>How many sequences decode at once, 1 to 256.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Type of the KV cache: <c>f16</c>, <c>q8_0</c>, <c>q4_0</c>, <c>f32</c> or <c>bf16</c>.</summary>
    public string KvCacheType { get; init; } = "f16";

    /// <summary>Tokens of one logical batch.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>Layers on the GPU; -1 lets the fit decide, 0 is CPU only.</summary>
    public int GpuLayers { get; init; } = -1;

    /// <summary>Index of the only GPU to use, or null. Where there is none of that number, all are used.</summary>
    public int? MainGpu { get; init; }

    /// <summary>Compute threads, at most the usable processors; 0 lets the engine decide and adapt.</summary>
    public int Threads { get; init; }

    /// <summary>On, off, or null for the engine's choice.</summary>
    public bool? FlashAttention { get; init; }

    /// <summary>Map the file, read it, or null for the engine's choice.</summary>
    public bool? UseMmap { get; init; }

    /// <summary>
    /// Numbers of one attention head, 0 when unknown. The first model of a process decides which variant of the engine computes.
    /// </summary>
    public int HeadWidth { get; init; }

    /// <summary>
    /// <c>general.architecture</c> of the weights and of the draft, as far as they are known: the engine's libraries must know them all.
    /// </summary>
    public ImmutableArray<string> Architectures { get; init; } = [];

    /// <summary>
    /// Host it with code that uses the tiles of the processor and keeps a copy of the matrices for that, where there is such code.
    /// </summary>
    public bool UsesTiles { get; init; }

    /// <summary>What decides which native libraries host it.</summary>
    internal EngineNeeds Needs => new(Architectures, HeadWidth, UsesTiles);

    /// <summary>The context is made for embeddings (the weights have a pooling type).</summary>
    public bool Embeddings { get; init; }
}

/// <summary>A LoRA adapter and how strongly it is applied.</summary>
/// <param name="Path">Absolute path of the adapter's GGUF.</param>
/// <param name="Scale">1 applies it as trained.</param>
public sealed record AdapterSpec(string Path, float Scale = 1f);

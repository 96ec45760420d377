using System.Collections.Immutable;

namespace ModelOps.Runtime.Engines;

/// <summary>What a loaded engine knows of its weights and context.</summary>
public sealed record EngineFacts
{
    /// <summary><c>general.architecture</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Context the model was trained with, in tokens.</summary>
    public required int TrainedContext { get; init; }

    /// <summary>Context of one slot as made, in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Sequences that decode at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Number of tokens in the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Length of an embedding.</summary>
    public required int EmbeddingLength { get; init; }

    /// <summary>Text of the beginning-of-sequence token; empty when there is none.</summary>
    public string BosToken { get; init; } = "";

    /// <summary>Text of the end-of-sequence token; empty when there is none.</summary>
    public string EosToken { get; init; } = "";

    /// <summary>The tokenizer puts BOS in front by itself.</summary>
    public bool AddsBos { get; init; }

    /// <summary>Cached prefixes can be cut anywhere (false for recurrent and some sliding-window models).</summary>
    public bool CanCutPrefix { get; init; } = true;

    /// <summary>What is put around a query and a document; null when the weights do not rank.</summary>
    public PairFrame? Pair { get; init; }

    /// <summary>Why a declared draft model is not used; empty when it is, or there is none.</summary>
    public string DraftProblem { get; init; } = "";

    /// <summary>Layers that went to a GPU, and how many there are.</summary>
    public int GpuLayers { get; init; }

    /// <summary>Number of the only GPU that is used; null when all are, or there is none of the number that was asked for.</summary>
    public int? MainGpu { get; init; }

    /// <summary>Layers of the model.</summary>
    public int Layers { get; init; }

    /// <summary>The native libraries that host it; null where there is nothing to tell.</summary>
    public EngineNatives? Natives { get; init; }

    /// <summary>Bytes the engine measured after loading.</summary>
    public required EngineMemory Memory { get; init; }
}

/// <summary>How a model that ranks reads a query and a document.</summary>
/// <param name="Before">Tokens in front of the query.</param>
/// <param name="Between">Tokens between the two.</param>
/// <param name="After">Tokens behind the document.</param>
/// <param name="Template">When not empty, the text to read instead of all that, with <c>{query}</c> and <c>{document}</c> in it.</param>
public sealed record PairFrame(ImmutableArray<int> Before, ImmutableArray<int> Between, ImmutableArray<int> After, string Template);

/// <summary>Bytes that one engine holds, as the engine itself reports them.</summary>
/// <param name="Weights">Tensor data, shared by every engine on the same weights.</param>
/// <param name="KeyValueCache">KV cache (or recurrent state) of the context.</param>
/// <param name="Compute">Compute buffers of the context, and all of its draft model.</param>
/// <param name="Gpu">How much of the three lies on GPUs.</param>
public sealed record EngineMemory(long Weights, long KeyValueCache, long Compute, long Gpu)
{
    /// <summary>Most main memory for sequences that were set aside: <see cref="LoadProfile.PrefixTokens"/>.</summary>
    public long Prefixes { get; init; }

    /// <summary>All of it.</summary>
    public long Total => Weights + KeyValueCache + Compute + Prefixes;

    /// <summary>Bytes of the tokens to set aside, as a share of a cache that has room for the tokens of all slots.</summary>
    internal static long PrefixBytes(LoadProfile profile, long cache) =>
        (long)(cache * (double)Math.Max(0, profile.PrefixTokens) / ((long)profile.ContextLength * profile.Slots));
}

/// <summary>A reading of a running engine.</summary>
/// <param name="ActiveSequences">Sequences in the batch now.</param>
/// <param name="WaitingSequences">Admitted by the daemon, without a slot yet.</param>
/// <param name="Threads">Compute threads in use now.</param>
/// <param name="DecodeCalls">Number of batch steps since the load.</param>
/// <param name="DecodedTokens">Tokens generated since the load.</param>
/// <param name="PromptTokens">Prompt tokens computed since the load.</param>
/// <param name="CachedTokens">Prompt tokens taken from a cached prefix since the load.</param>
public sealed record EngineStatistics(
    int ActiveSequences, int WaitingSequences, int Threads, long DecodeCalls, long DecodedTokens, long PromptTokens, long CachedTokens)
{
    /// <summary>Why there are so many <see cref="Threads"/>.</summary>
    public ThreadChoice ThreadChoice { get; init; }

    /// <summary>Tokens that speculation guessed since the load.</summary>
    public long GuessedTokens { get; init; }

    /// <summary>Of <see cref="GuessedTokens"/>, those that the model then said.</summary>
    public long RightGuesses { get; init; }

    /// <summary>Of <see cref="DecodeCalls"/>, those that held only some of the sequences that awaited a token, or padding.</summary>
    public long ShapedSteps { get; init; }

    /// <summary>
    /// Of <see cref="DecodeCalls"/>, those that another variant of the code computed than the engine's own: steps of that size are
    /// faster so.
    /// </summary>
    public long SecondVariantSteps { get; init; }

    /// <summary>Tokens computed since the load that nobody reads: with them a step took less time.</summary>
    public long PaddingTokens { get; init; }
}

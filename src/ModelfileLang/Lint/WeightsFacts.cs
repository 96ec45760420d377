using System.Collections.Immutable;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>
/// What the rules may know of the weights that a Modelfile builds on. The reader of the GGUF fills it; every field may be unknown.
/// </summary>
public sealed record WeightsFacts
{
    /// <summary>Arguments of FROM, ADAPTER and DRAFT whose files cannot be used, as written, with the reason.</summary>
    public ImmutableArray<(string Argument, string Reason)> Unusable { get; init; } = [];

    /// <summary>Architecture of the base: <c>llama</c>, <c>qwen2</c>; empty when unknown.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>Longest context that the weights were trained with.</summary>
    public long? TrainedContext { get; init; }

    /// <summary>Architecture that the adapter was made for; empty when there is none or it is unknown.</summary>
    public string AdapterArchitecture { get; init; } = "";

    /// <summary>Texts of the tokens at which the engine ends an answer by itself.</summary>
    public ImmutableArray<string> StopTokens { get; init; } = [];

    /// <summary>The weights' own Jinja chat template; null when they have none or it is unknown.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>It is known that they have none.</summary>
    public bool HasNoChatTemplate { get; init; }

    /// <summary>Name of the quantization, such as <c>Q4_K_M</c>; empty when unknown.</summary>
    public string FileType { get; init; } = "";

    /// <summary>Number of layers.</summary>
    public long? Layers { get; init; }

    /// <summary>Whether the weights make embeddings and no text.</summary>
    public bool IsEmbedding { get; init; }
}

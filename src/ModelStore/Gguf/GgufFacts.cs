using System.Collections.Immutable;

namespace ModelOps.ModelStore.Gguf;

/// <summary>What the rest of the program wants to know of a GGUF file.</summary>
public sealed record GgufFacts
{
    /// <summary><c>general.architecture</c>; empty when the file does not say.</summary>
    public required string Architecture { get; init; }

    /// <summary>What the file is for.</summary>
    public required GgufKind Kind { get; init; }

    /// <summary><c>general.name</c>, or empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Elements of all tensors.</summary>
    public long ParameterCount { get; init; }

    /// <summary><c>general.file_type</c>; null when the file does not say.</summary>
    public long? FileType { get; init; }

    /// <summary>Bytes of all tensors.</summary>
    public long TensorBytes { get; init; }

    /// <summary>Trained context; 0 when unknown.</summary>
    public long ContextLength { get; init; }

    /// <summary>Width of the model; 0 when unknown.</summary>
    public long EmbeddingLength { get; init; }

    /// <summary>Layers; 0 when unknown.</summary>
    public long BlockCount { get; init; }

    /// <summary>Attention heads, one number or one per layer.</summary>
    public ImmutableArray<long> HeadCounts { get; init; } = [];

    /// <summary>Heads of keys and values, one number or one per layer.</summary>
    public ImmutableArray<long> KeyValueHeadCounts { get; init; } = [];

    /// <summary>Tokens of the vocabulary; 0 when unknown.</summary>
    public long VocabularySize { get; init; }

    /// <summary><c>tokenizer.ggml.model</c>, or empty.</summary>
    public string Tokenizer { get; init; } = "";

    /// <summary>The Jinja chat template, or null.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Number of the token that begins a text, or null.</summary>
    public long? BosTokenId { get; init; }

    /// <summary>Number of the token that ends a text, or null.</summary>
    public long? EosTokenId { get; init; }

    /// <summary>How token vectors become one; null for a model that is not for embeddings.</summary>
    public long? PoolingType { get; init; }

    /// <summary>Whether the file holds a vision encoder.</summary>
    public bool HasVision { get; init; }

    /// <summary>Whether the file holds an audio encoder.</summary>
    public bool HasAudio { get; init; }

    /// <summary>Whether a projector takes sound.</summary>
    public bool HasAudioEncoder { get; init; }

    /// <summary>Kind of a vision projector, or empty.</summary>
    public string ProjectorType { get; init; } = "";

    /// <summary>Layers that predict further tokens at once (embedded draft); 0 when there are none.</summary>
    public long NextTokenLayers { get; init; }

    /// <summary>Shards that the weights are split into; 1 for a whole file.</summary>
    public long ShardCount { get; init; } = 1;

    /// <summary>Position of this shard, from 0; null when the file does not say.</summary>
    public long? ShardIndex { get; init; }

    /// <summary>Name of the quantization as a list of models prints it.</summary>
    public string FileTypeName => FileTypes.Name(FileType);

    /// <summary>Reads the facts out of a header.</summary>
    public static GgufFacts Of(GgufFile file) => new()
    {
        Architecture = file.Architecture,
        Kind = KindOf(file),
        Name = file.Text("general.name") ?? "",
        ParameterCount = file.Tensors.Sum(tensor => tensor.Elements),
        TensorBytes = file.Tensors.Sum(tensor => tensor.Size),
        FileType = file.Integer("general.file_type"),
        ContextLength = file.Integer("context_length") ?? 0,
        EmbeddingLength = file.Integer("embedding_length") ?? 0,
        BlockCount = file.Integer("block_count") ?? 0,
        HeadCounts = file.Integers("attention.head_count"),
        KeyValueHeadCounts = file.Integers("attention.head_count_kv"),
        VocabularySize = file.Find("tokenizer.ggml.tokens")?.Count ?? file.Integer("vocab_size") ?? 0,
        Tokenizer = file.Text("tokenizer.ggml.model") ?? "",
        ChatTemplate = file.Text("tokenizer.chat_template"),
        BosTokenId = file.Integer("tokenizer.ggml.bos_token_id"),
        EosTokenId = file.Integer("tokenizer.ggml.eos_token_id"),
        PoolingType = file.Integer("pooling_type"),
        HasVision = file.Find("vision.block_count") is not null,
        HasAudio = file.Find("audio.block_count") is not null,
        HasAudioEncoder = file.Metadata.Any(
            entry => entry.Key.EndsWith("has_audio_encoder", StringComparison.Ordinal) && entry.Flag == true),
        ProjectorType = file.Text("vision.projector_type") ?? "",
        NextTokenLayers = file.Integer("nextn_predict_layers") ?? 0,
        ShardCount = Math.Max(1, file.Integer("split.count") ?? 1),
        ShardIndex = file.Integer("split.no"),
    };

    private static GgufKind KindOf(GgufFile file)
    {
        var blocks = file.Integer("block_count") ?? 0;
        return file.Text("general.type") switch
        {
            "adapter" => GgufKind.Adapter,
            "projector" or "mmproj" => GgufKind.Projector,
            _ when blocks == 0 && file.Integer("vision.block_count") > 0 => GgufKind.Projector,
            _ when blocks == 0 && file.Architecture == "clip"
                && (file.Flag("clip.has_vision_encoder") == true || file.Flag("clip.has_audio_encoder") == true) => GgufKind.Projector,
            _ => GgufKind.Model,
        };
    }
}

using System.Collections.Immutable;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Footprints;

/// <summary>What a model needs memory for, read from the header of its weights.</summary>
public sealed record ModelGeometry
{
    /// <summary>The layers, those that predict several tokens at once last.</summary>
    public required ImmutableArray<LayerGeometry> Layers { get; init; }

    /// <summary>Bytes of the tensors before the first layer; they stay in main memory.</summary>
    public required long InputBytes { get; init; }

    /// <summary>Bytes of the tensors after the last layer.</summary>
    public required long OutputBytes { get; init; }

    /// <summary>Bytes of the token table when it is the output too: on a GPU there is a second one.</summary>
    public required long SharedOutputBytes { get; init; }

    /// <summary>Every tensor.</summary>
    public ImmutableArray<TensorSpan> Tensors { get; init; } = [];

    /// <summary>The token table as the matrix of the output, when it is that too.</summary>
    public TensorSpan? SharedOutput { get; init; }

    /// <summary>Tokens that a sliding layer sees; 0 when no layer slides.</summary>
    public long Window { get; init; }

    /// <summary>Whether the model has recurrent state; such a state cannot be cut, so more sequences are kept.</summary>
    public bool IsRecurrent => Layers.Any(layer => layer.StateBytes > 0);

    /// <summary>Width of the model.</summary>
    public required long Width { get; init; }

    /// <summary>Widest queries of all layers.</summary>
    public required long QueryWidth { get; init; }

    /// <summary>Most attention heads of all layers.</summary>
    public required long Heads { get; init; }

    /// <summary>Numbers of one attention head, as far as the widest of all layers tell; 0 for models without attention.</summary>
    public int HeadWidth => Heads > 0 ? (int)(QueryWidth / Heads) : 0;

    /// <summary>Widest queries before they are folded (MLA); 0 for other models.</summary>
    public long LatentQueryWidth { get; init; }

    /// <summary>Widest inner vector of layers without experts.</summary>
    public required long InnerWidth { get; init; }

    /// <summary>Vectors of the model's width that are alive beside the inner ones.</summary>
    public int Residuals { get; init; } = 4;

    /// <summary>Experts that one token goes through; 0 when there are none.</summary>
    public long Experts { get; init; }

    /// <summary>Width of one expert's inner vector.</summary>
    public long ExpertWidth { get; init; }

    /// <summary>Width of the recurrent layers' inner vectors, their projection included; 0 when there are none.</summary>
    public long StateWidth { get; init; }

    /// <summary>Tokens of the vocabulary.</summary>
    public required long Vocabulary { get; init; }

    /// <summary>Bytes of all tensors.</summary>
    public long WeightBytes => InputBytes + OutputBytes + Layers.Sum(layer => layer.WeightBytes);

    /// <summary>Reads the geometry out of a header.</summary>
    public static ModelGeometry Of(GgufFile file)
    {
        var heads = new HeadLayout(file);
        var weights = new LayerWeights(file, heads.Layers);
        var sliding = SlidingLayers.Of(file, heads.Layers);
        var recurrent = RecurrentLayers.Of(file, heads);
        return new ModelGeometry
        {
            Layers = [.. Enumerable.Range(0, heads.Layers).Select(layer => new LayerGeometry(
                weights.OfLayer(layer),
                recurrent.KeepsTokens(layer) ? heads.KeyWidth(layer, sliding.Slides(layer)) : 0,
                recurrent.KeepsTokens(layer) ? heads.ValueWidth(layer, sliding.Slides(layer)) : 0,
                sliding.Slides(layer),
                recurrent.StateBytes(layer)))],
            InputBytes = weights.Input,
            OutputBytes = weights.Output,
            SharedOutputBytes = weights.SharedOutput?.Size ?? 0,
            SharedOutput = weights.SharedOutput,
            Tensors = weights.Tensors,
            Window = sliding.Window,
            Width = heads.Width,
            QueryWidth = heads.MostQueries,
            Heads = heads.MostHeads,
            LatentQueryWidth = heads.LatentQueries,
            InnerWidth = InnerWidthOf(file),
            Residuals = file.Width("shortconv.l_cache") > 0 ? 3 : 4,
            Experts = file.Width("expert_used_count"),
            ExpertWidth = file.Width("expert_feed_forward_length"),
            StateWidth = recurrent.Width,
            Vocabulary = file.Find("tokenizer.ggml.tokens")?.Count ?? file.Width("vocab_size"),
        };
    }

    // Files of models that consist of experts only name a width as well, which no layer has.
    private static long InnerWidthOf(GgufFile file)
    {
        var shared = file.Width("expert_shared_feed_forward_length");
        var onlyExperts = file.Tensors.Any(tensor => tensor.Name.EndsWith("_exps.weight", StringComparison.Ordinal))
            && !file.Tensors.Any(tensor => tensor.Name.EndsWith(".ffn_up.weight", StringComparison.Ordinal));
        return onlyExperts
            ? shared
            : Math.Max(Math.Clamp(file.Integers("feed_forward_length").DefaultIfEmpty(0).Max(), 0, Widths.Most), shared);
    }
}

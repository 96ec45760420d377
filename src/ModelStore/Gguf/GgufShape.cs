using System.Collections.Immutable;
using System.Globalization;

namespace ModelOps.ModelStore.Gguf;

/// <summary>
/// Numbers of a header that the engine does not check, although wrong ones end its process: it divides by them, or relies on them.
/// </summary>
public static class GgufShape
{
    /// <summary>Layers that the engine has room for.</summary>
    private const long MostLayers = 512;

    /// <summary>The last kind of pooling that there is.</summary>
    private const long LastPooling = 4;

    private static readonly string[] AttentionTensors = ["attn_q.weight", "attn_k.weight", "attn_qkv.weight"];

    /// <summary>
    /// Why a model cannot be served, as a sentence that is the same wherever the file comes in and where it is loaded; null when the engine
    /// can be given it. Pure.
    /// </summary>
    public static string? Refusal(GgufFile file) => Problem(file) is { } problem ? $"the engine cannot load its weights: {problem}" : null;

    private static string? Problem(GgufFile file)
    {
        if (GgufFacts.Of(file).Kind != GgufKind.Model)
            return null;
        return OfLayers(file) ?? OfExperts(file) ?? OfAttention(file)
            ?? (file.Integer("pooling_type") is > LastPooling and var pooling
                ? $"pooling_type is {pooling}, and there is no such kind"
                : null);
    }

    private static string? OfLayers(GgufFile file)
    {
        var ahead = file.Integer("nextn_predict_layers") ?? 0;
        return file.Integer("block_count") switch
        {
            <= 0 => "block_count is 0: it has no layers",
            > MostLayers and { } layers => $"block_count is {layers}, and the engine knows no model with more than {MostLayers} layers",
            { } layers when ahead >= layers => $"nextn_predict_layers is {ahead}, and it has only {layers} layers",
            _ => file.Integer("embedding_length") <= 0 ? "embedding_length is 0: it has no width" : null,
        };
    }

    private static string? OfExperts(GgufFile file)
    {
        var (count, used) = (file.Integer("expert_count") ?? 0, file.Integer("expert_used_count") ?? 0);
        return used > count ? $"expert_used_count is {used}, and it has {count} experts"
            : count > 0 && used <= 0 ? $"expert_used_count is 0, and it has {count} experts"
            : null;
    }

    private static string? OfAttention(GgufFile file)
    {
        var layers = file.Tensors.Select(tensor => AttentionLayer(tensor.Name)).OfType<int>().Distinct().Order().ToList();
        if (layers.Count == 0)
            return null;
        var (heads, shared) = (file.Integers("attention.head_count"), file.Integers("attention.head_count_kv"));
        foreach (var key in (string[])["attention.key_length", "attention.value_length"])
        {
            if (file.Integer(key) <= 0)
                return $"{key} is 0: its heads have no width";
        }

        return layers
            .Select(layer => OfHeads(file, layer, At(heads, layer), At(shared.IsEmpty ? heads : shared, layer)))
            .FirstOrDefault(problem => problem is not null);
    }

    private static string? OfHeads(GgufFile file, int layer, long? heads, long? shared)
    {
        if (heads <= 0)
            return $"attention.head_count is 0, and layer {layer} has attention";
        if (shared <= 0)
            return $"attention.head_count_kv is 0, and layer {layer} has attention";
        if (heads % shared != 0)
            return $"attention.head_count is {heads} and attention.head_count_kv is {shared}, so heads of layer {layer} cannot "
                + "share keys evenly";
        return file.Integer("attention.key_length") is null && file.Integer("embedding_length") is { } width && heads > width
            ? $"attention.head_count is {heads}, and embedding_length only {width}"
            : null;
    }

    /// <summary>
    /// One number for all layers, or one for each; null where the header says nothing, which the engine refuses by itself.
    /// </summary>
    private static long? At(ImmutableArray<long> numbers, int layer) =>
        numbers.Length == 1 ? numbers[0] : layer < numbers.Length ? numbers[layer] : null;

    /// <summary>The layer of a tensor like <c>blk.3.attn_q.weight</c>.</summary>
    private static int? AttentionLayer(string name)
    {
        var parts = name.Split('.', 3);
        return parts is ["blk", var number, var rest] && AttentionTensors.Contains(rest, StringComparer.Ordinal)
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) ? layer : null;
    }
}

using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Footprints;

/// <summary>Bytes of tensors, by where the engine puts them.</summary>
internal sealed class LayerWeights
{
    private const string LayerPrefix = "blk.";
    private const string TokenTable = "token_embd.weight";

    private readonly long[] _layers;

    public LayerWeights(GgufFile file, int layers)
    {
        _layers = new long[layers];
        foreach (var tensor in file.Tensors)
        {
            var bytes = (tensor.Size + file.Alignment - 1) / file.Alignment * file.Alignment;
            if (LayerOf(tensor.Name) is { } layer && layer < layers)
                _layers[layer] += bytes;
            else if (tensor.Name.StartsWith("output", StringComparison.Ordinal))
                Output += bytes;
            else
                Input += bytes;
        }

        if (!file.Tensors.Any(tensor => tensor.Name == "output.weight"))
        {
            SharedOutput = file.Tensors.Where(tensor => tensor.Name == TokenTable)
                .Select(tensor => Span(tensor) with { IsMultiplied = true })
                .Cast<TensorSpan?>()
                .FirstOrDefault();
        }

        Tensors = [.. file.Tensors.Select(Span)];
    }

    public long Input { get; }

    public long Output { get; }

    public TensorSpan? SharedOutput { get; }

    public ImmutableArray<TensorSpan> Tensors { get; }

    public long OfLayer(int layer) => _layers[layer];

    private static TensorSpan Span(GgufTensor tensor) => new(
        tensor.Type.Name, tensor.Offset, tensor.Size, tensor.Shape.Length > 1 ? tensor.Shape[1] : 0, IsMatrix(tensor));

    // Tables are looked up, filters are folded, and of the three-dimensional ones only experts have such kernels.
    private static bool IsMatrix(GgufTensor tensor) => tensor.Shape.Length switch
    {
        2 => !tensor.Name.Contains("_embd", StringComparison.Ordinal) && !tensor.Name.Contains("conv", StringComparison.Ordinal),
        3 => tensor.Name.Contains("_exps.", StringComparison.Ordinal),
        _ => false,
    };

    private static int? LayerOf(string name)
    {
        if (!name.StartsWith(LayerPrefix, StringComparison.Ordinal))
            return null;
        var end = name.IndexOf('.', LayerPrefix.Length);
        return end > 0
            && int.TryParse(
                name.AsSpan(LayerPrefix.Length, end - LayerPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
            ? layer
            : null;
    }
}

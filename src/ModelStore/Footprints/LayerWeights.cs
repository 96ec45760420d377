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
            SharedOutput = file.Tensors.FirstOrDefault(tensor => tensor.Name == TokenTable)?.Size ?? 0;
    }

    public long Input { get; }

    public long Output { get; }

    public long SharedOutput { get; }

    public long OfLayer(int layer) => _layers[layer];

    private static int? LayerOf(string name)
    {
        if (!name.StartsWith(LayerPrefix, StringComparison.Ordinal))
            return null;
        var end = name.IndexOf('.', LayerPrefix.Length);
        return end > 0 && int.TryParse(name.AsSpan(LayerPrefix.Length, end - LayerPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
            ? layer
            : null;
    }
}

using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Building;

/// <summary>Packs layers into a smaller type.</summary>
internal sealed class Quantization(LocalStore store, IQuantizer? quantizer, Action<ProgressLine> progress)
{
    private static readonly string[] Always = ["F32", "F16", "BF16", "Q8_0", "Q4_K_S", "Q4_K_M"];
    private static readonly string[] Sources = ["F16", "BF16", "F32"];

    /// <summary>Returns when such a type can be made at all, before anything is fetched or copied; empty asks for none.</summary>
    /// <exception cref="StoreException">The type is not known.</exception>
    public void Check(string wanted)
    {
        if (wanted.Length > 0)
            TypeName(wanted);
    }

    /// <summary>The layer packed into a type; the same layer when it has that type already.</summary>
    /// <exception cref="StoreException">The type is not known, or the layer is packed already.</exception>
    public async Task<BuildLayer> ApplyAsync(BuildLayer layer, string wanted, bool isDraft, CancellationToken cancellationToken)
    {
        var type = TypeName(wanted);
        var source = store.FactsOf(layer.Layer.Digest).FileTypeName;
        if (!Sources.Contains(source))
        {
            throw StoreException.Unsupported(isDraft
                ? $"draft quantization requires an unquantized draft model, got {source}"
                : "quantization is only supported for F16, BF16 and F32 models");
        }

        if (source == type)
            return layer;
        if (quantizer is null || !quantizer.Types.Contains(type))
            throw StoreException.Unsupported($"this server has no engine that makes {type}");
        return await PackAsync(quantizer, layer, source, type, cancellationToken);
    }

    private async Task<BuildLayer> PackAsync(
        IQuantizer engine, BuildLayer layer, string source, string type, CancellationToken cancellationToken)
    {
        var status = $"quantizing {source} model to {type}";
        var path = store.Blobs.PathOf(layer.Layer.Digest);
        var temporary = Path.Combine(store.Blobs.Folder, DurableFile.TemporaryName());
        try
        {
            progress(new ProgressLine(status, FileLayers.NoDigest, layer.Layer.Size));
            await engine.QuantizeAsync(
                path, temporary, type,
                done => progress(new ProgressLine(status, FileLayers.NoDigest, layer.Layer.Size, Math.Min(done, layer.Layer.Size))),
                cancellationToken);
            progress(new ProgressLine("verifying conversion"));
            GgufFile.Read(temporary, type + " weights");
            var written = await store.Blobs.AdoptAsync(temporary, cancellationToken);
            return new BuildLayer(new Layer(layer.MediaType, written.Digest, written.Size), written.Existed);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private string TypeName(string wanted)
    {
        var upper = wanted.ToUpperInvariant();
        var type = upper == "Q4_K" ? "Q4_K_M" : upper;
        return Always.Contains(type) || quantizer?.Types.Contains(type) == true
            ? type
            : throw StoreException.Unsupported(
                $"unsupported quantization type {upper} - supported types are F32, F16, Q4_K_S, Q4_K_M, Q8_0");
    }
}

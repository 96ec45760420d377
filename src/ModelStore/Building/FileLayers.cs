using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Building;

/// <summary>Turns uploaded files into layers: what each is for, and whether it is whole.</summary>
/// <param name="store">Where the files are.</param>
/// <param name="progress">Receives every line.</param>
/// <param name="tellsUse">See <see cref="CreateRequest.TellsUse"/>.</param>
internal sealed class FileLayers(LocalStore store, Action<ProgressLine> progress, bool tellsUse)
{
    // What the reference shows while it does not know a digest yet.
    public const string NoDigest = "0000000000000000000";

    // Files that lie beside weights and belong to other tools.
    private static readonly string[] Companions = [".json", ".jinja", "tokenizer.model"];

    private IReadOnlySet<Digest>? _used;

    /// <summary>Layers of the weights, and of what was given beside them.</summary>
    public List<BuildLayer> OfFiles(IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        var parsed = Parse(files);
        var whole = parsed.Where(file => file.Facts.ShardCount <= 1).Select(Layer).ToList();
        var shards = parsed.Where(file => file.Facts.ShardCount > 1).ToList();
        if (shards.Count > 0)
            whole.Add(Merge(shards, cancellationToken));
        return whole;
    }

    /// <summary>Layers of adapters; at most one.</summary>
    public List<BuildLayer> OfAdapters(IReadOnlyDictionary<string, string> files)
    {
        if (files.Count == 0)
            return [];
        RefuseSafetensors(files);
        if (files.Count > 1)
            throw StoreException.Invalid("only one adapter is currently supported");
        return [.. Parse(files).Select(Layer)];
    }

    /// <summary>Requires the adapters among layers to be made for the weights among them.</summary>
    public void RequireFit(IReadOnlyList<BuildLayer> layers)
    {
        if (layers.FirstOrDefault(layer => layer.MediaType == MediaTypes.Model) is not { } weights
            || !layers.Any(layer => layer.MediaType == MediaTypes.Adapter))
        {
            return;
        }

        var architecture = ArchitectureOf(weights);
        foreach (var adapter in layers.Where(layer => layer.MediaType == MediaTypes.Adapter))
            WeightsCheck.RequireFit(architecture, ArchitectureOf(adapter));
    }

    private string ArchitectureOf(BuildLayer layer) =>
        store.Blobs.Has(layer.Layer.Digest) ? GgufFile.Read(store.Blobs.PathOf(layer.Layer.Digest)).Architecture : "";

    /// <summary>Layers of draft models.</summary>
    public List<BuildLayer> OfDrafts(IReadOnlyDictionary<string, string> files) =>
        [.. (files.Count == 0 ? [] : Parse(files)).Select(
            file => Layer(file) with { Layer = new(MediaTypes.Draft, file.Digest, file.Size) })];

    /// <summary>A layer of a blob that is in the store.</summary>
    public BuildLayer Existing(string mediaType, Digest digest, long size)
    {
        store.Blobs.Touch(digest);
        if (tellsUse)
            _used ??= BlobReferences.Of(store.Manifests).Blobs;
        return new BuildLayer(new Layer(mediaType, digest, size), Existed: _used?.Contains(digest) ?? true);
    }

    private List<ParsedFile> Parse(IReadOnlyDictionary<string, string> files)
    {
        if (files.Count == 0)
            throw StoreException.Invalid("unknown type");
        RefuseSafetensors(files);

        var digests = files.OrderBy(file => file.Key, StringComparer.Ordinal)
            .Where(file => !Companions.Any(end => file.Key.EndsWith(end, StringComparison.Ordinal)))
            .Select(file => (Name: file.Key, Digest: Digest.TryParse(file.Value, out var digest)
                ? digest : throw StoreException.Absent("invalid digest format", file.Value)))
            .ToArray();
        if (!Array.Exists(digests, file => file.Name.EndsWith(".gguf", StringComparison.Ordinal) || IsGguf(file.Digest)))
            throw Unknown(digests);
        return [.. digests.Select(file => ParseOne(file.Name, file.Digest))];
    }

    private static void RefuseSafetensors(IReadOnlyDictionary<string, string> files)
    {
        if (files.Keys.FirstOrDefault(name => name.EndsWith(".safetensors", StringComparison.Ordinal)) is { } name)
        {
            throw StoreException.Invalid(
                $"{name} is a safetensors file, which cannot be served as it is. {SafetensorsAdvice.Convert}", name);
        }
    }

    private StoreException Unknown((string Name, Digest Digest)[] files)
    {
        foreach (var (name, digest) in files)
        {
            using var stream = store.Blobs.OpenRead(digest);
            var why = GgufForeign.Explain(name, store.Blobs.PathOf(digest)).Message;
            return StoreException.Invalid($"unknown type: {why[(GgufForeign.NotGguf.Length + 2)..]}", name);
        }

        return StoreException.Invalid("unknown type");
    }

    private bool IsGguf(Digest digest)
    {
        using var stream = store.Blobs.OpenRead(digest);
        Span<byte> magic = stackalloc byte[4];
        return stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4
            && (magic.SequenceEqual("GGUF"u8) || magic.SequenceEqual("FUGG"u8));
    }

    private ParsedFile ParseOne(string name, Digest digest)
    {
        progress(new ProgressLine("parsing GGUF"));
        var path = store.Blobs.PathOf(digest);
        var size = store.Blobs.SizeOf(digest) ?? throw StoreException.Absent($"open {path}: no such file or directory", name);
        var file = WeightsCheck.Read(path, name);
        return new ParsedFile(name, digest, size, file, GgufFacts.Of(file));
    }

    private BuildLayer Layer(ParsedFile file)
    {
        var mediaType = file.Facts.Kind switch
        {
            GgufKind.Adapter => MediaTypes.Adapter,
            GgufKind.Projector => MediaTypes.Projector,
            _ => MediaTypes.Model,
        };
        if (mediaType == MediaTypes.Model)
        {
            // The header has been checked against the file; the bytes are kept as they are.
            progress(new ProgressLine("validating GGUF model", NoDigest, file.Size, file.Size));
            progress(new ProgressLine("verifying conversion"));
        }

        return Existing(mediaType, file.Digest, file.Size);
    }

    private BuildLayer Merge(List<ParsedFile> shards, CancellationToken cancellationToken)
    {
        var ordered = ShardNames.InOrder(shards);
        var total = ordered.Sum(shard => shard.File.Tensors.Sum(tensor => tensor.Size));
        var merged = GgufMerge.Write(
            store.Blobs, [.. ordered.Select(shard => shard.File)],
            done => progress(new ProgressLine("validating GGUF model", NoDigest, total, done)), cancellationToken);
        progress(new ProgressLine("verifying conversion"));
        return new BuildLayer(new Layer(MediaTypes.Model, merged.Digest, merged.Size), merged.Existed);
    }
}

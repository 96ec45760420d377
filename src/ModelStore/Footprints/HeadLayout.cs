using System.Collections.Immutable;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Footprints;

/// <summary>How wide keys, values and queries are in every layer.</summary>
internal sealed class HeadLayout
{
    // These see a whole text at once and keep nothing between steps.
    private static readonly string[] Cacheless =
    [
        "bert", "jina-bert-v2", "jina-bert-v3", "nomic-bert", "nomic-bert-moe", "neo-bert", "eurobert", "wavtokenizer-dec", "modern-bert",
        "gemma-embedding", "dream", "llada", "llada-moe", "rnd1",
    ];

    private readonly ImmutableArray<long> _heads;
    private readonly ImmutableArray<long> _keyHeads;
    private readonly (long Full, long Sliding) _key;
    private readonly (long Full, long Sliding) _value;
    private readonly int _cached;
    private readonly bool _valuesInKeys;

    public HeadLayout(GgufFile file)
    {
        Layers = (int)Math.Clamp(file.Integer("block_count") ?? 0, 0, 65_536);
        Ordinary = (int)Math.Clamp(Layers - (file.Integer("nextn_predict_layers") ?? 0), 0, Layers);
        Width = file.Width("embedding_length");
        _heads = PerLayer(file.Integers("attention.head_count"));
        _keyHeads = file.Find("attention.head_count_kv") is null ? _heads : PerLayer(file.Integers("attention.head_count_kv"));
        var first = _heads.FirstOrDefault();
        var usual = first > 0 ? Width / first : 0;
        var (key, value) = (file.Width("attention.key_length", usual), file.Width("attention.value_length", usual));
        _key = (key, file.Width("attention.key_length_swa", key));
        _value = (value, file.Width("attention.value_length_swa", value));
        _valuesInKeys = file.Integer("attention.key_length_mla") > 0 && file.Integer("attention.value_length_mla") > 0;
        LatentQueries = _valuesInKeys ? MostHeads * file.Width("attention.key_length_mla") : 0;
        _cached = Cacheless.Contains(file.Architecture) ? 0 : Math.Min(Ordinary, Cached(file));
    }

    /// <summary>All layers.</summary>
    public int Layers { get; }

    /// <summary>Layers without those that predict further tokens, which come last.</summary>
    public int Ordinary { get; }

    public long Width { get; }

    public long MostHeads => _heads.DefaultIfEmpty(0).Max();

    public long MostQueries => MostHeads * Math.Max(_key.Full, _key.Sliding);

    public long LatentQueries { get; }

    public long KeyHeads(int layer) => _keyHeads[layer];

    public long Heads(int layer) => _heads[layer];

    public long KeyWidth(int layer, bool slides) => layer < _cached ? _keyHeads[layer] * (slides ? _key.Sliding : _key.Full) : 0;

    public long ValueWidth(int layer, bool slides) =>
        layer < _cached && !_valuesInKeys ? _keyHeads[layer] * (slides ? _value.Sliding : _value.Full) : 0;

    // Some models let their last layers look into the cache of earlier ones.
    private int Cached(GgufFile file) => file.Architecture == "gemma3n" ? 20 : Layers - (int)file.Width("attention.shared_kv_layers");

    private ImmutableArray<long> PerLayer(ImmutableArray<long> numbers) =>
    [
        .. Enumerable.Range(0, Layers)
            .Select(layer => Math.Clamp(numbers.Length == 1 ? numbers[0] : numbers.ElementAtOrDefault(layer), 0, ushort.MaxValue)),
    ];
}

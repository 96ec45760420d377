using System.Collections.Immutable;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Footprints;

/// <summary>Which layers carry a state from token to token instead of keeping every token, and how large that state is.</summary>
internal sealed class RecurrentLayers
{
    private const int Float = sizeof(float);

    private static readonly string[] Pure = ["mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"];
    private static readonly string[] WithoutKeyHeads =
        ["jamba", "granitehybrid", "lfm2", "lfm2moe", "plamo2", "kimi-linear", "bailingmoe3", "kimi-k3"];
    private static readonly string[] AtIntervals = ["qwen3next", "qwen35", "qwen35moe", "qwen4exp", "minimax-01"];
    private static readonly string[] WithoutKeyHeadsAndInner = ["nemotron_h", "nemotron_h_moe"];

    private readonly bool[] _recurrent;
    private readonly bool[] _keepsTokens;
    private readonly long _stateBytes;

    private RecurrentLayers(bool[] recurrent, bool[] keepsTokens, long stateBytes, long width) =>
        (_recurrent, _keepsTokens, _stateBytes, Width) = (recurrent, keepsTokens, stateBytes, width);

    /// <summary>Width of the inner vectors, their projections together.</summary>
    public long Width { get; }

    public static RecurrentLayers Of(GgufFile file, HeadLayout heads)
    {
        var architecture = file.Architecture;
        var layers = Enumerable.Range(0, heads.Layers).ToArray();
        bool[] recurrent, keeps;
        if (Pure.Contains(architecture))
            (recurrent, keeps) = ([.. layers.Select(_ => true)], [.. layers.Select(_ => false)]);
        else if (architecture == "falcon-h1")
            recurrent = keeps = [.. layers.Select(_ => true)];
        else if (WithoutKeyHeads.Contains(architecture))
            (recurrent, keeps) = Split(layers, layer => heads.KeyHeads(layer) == 0);
        else if (WithoutKeyHeadsAndInner.Contains(architecture))
            (recurrent, keeps) = OfNemotron(file, heads, layers);
        else if (AtIntervals.Contains(architecture))
            (recurrent, keeps) = Split(layers, AtInterval(file, heads));
        else
            (recurrent, keeps) = Split(layers, _ => false);

        return new RecurrentLayers(recurrent, keeps, Array.Exists(recurrent, one => one) ? StateBytes(file, heads) : 0, WidthOf(file));
    }

    public bool KeepsTokens(int layer) => _keepsTokens[layer];

    public long StateBytes(int layer) => _recurrent[layer] ? _stateBytes : 0;

    private static (bool[] Recurrent, bool[] Keeps) Split(int[] layers, Func<int, bool> isRecurrent) =>
        ([.. layers.Select(isRecurrent)], [.. layers.Select(layer => !isRecurrent(layer))]);

    private static (bool[] Recurrent, bool[] Keeps) OfNemotron(GgufFile file, HeadLayout heads, int[] layers)
    {
        var inner = file.Integers("feed_forward_length");
        bool HasInner(int layer) => (inner.Length == 1 ? inner[0] : inner.ElementAtOrDefault(layer)) > 0;
        return ([.. layers.Select(layer => heads.KeyHeads(layer) == 0 && !HasInner(layer))],
            [.. layers.Select(layer => heads.KeyHeads(layer) > 0 && !HasInner(layer))]);
    }

    private static Func<int, bool> AtInterval(GgufFile file, HeadLayout heads)
    {
        ImmutableArray<long> listed = file.Find("attention.recurrent_layers") is { Type: GgufValueType.Array }
            ? file.Integers("attention.recurrent_layers")
            : [];
        if (!listed.IsEmpty)
            return layer => listed.ElementAtOrDefault(layer) != 0;
        var interval = Math.Max(1, file.Width("full_attention_interval", file.Architecture == "minimax-01" ? 8 : 4));
        return layer => layer < heads.Ordinary && (layer + 1) % interval != 0;
    }

    // The state of the convolution and that of the recurrence, both in 32 bits.
    private static long StateBytes(GgufFile file, HeadLayout heads)
    {
        var width = heads.Width;
        if (file.Width("wkv.head_size") is > 0 and var wkv)
            return (file.Width("token_shift_count", 2) + wkv) * width * Float;
        if (file.Width("shortconv.l_cache") is > 0 and var shortConvolution)
            return width * (shortConvolution - 1) * Float;
        var kernel = file.Width("ssm.conv_kernel");
        if (file.Width("kda.head_dim") is > 0 and var delta)
            return heads.Heads(0) * delta * ((3 * (kernel > 0 ? kernel - 1 : 3)) + delta) * Float;
        if (file.Architecture == "minimax-01")
            return heads.Heads(0) * file.Width("attention.key_length", 128) * file.Width("attention.key_length", 128) * Float;

        var (inner, state, groups) = (file.Width("ssm.inner_size"), file.Width("ssm.state_size"), file.Width("ssm.group_count"));
        return ((Math.Max(0, kernel - 1) * (inner + (2 * groups * state))) + (state * inner)) * Float;
    }

    private static long WidthOf(GgufFile file)
    {
        var (inner, state, groups) = (file.Width("ssm.inner_size"), file.Width("ssm.state_size"), file.Width("ssm.group_count"));
        return (2 * inner) + (2 * groups * state);
    }
}

using System.Collections.Immutable;

namespace ModelOps.TestKit.Generated;

/// <summary>Architecture and tensors of a model that nobody trained. Tensor names and shapes are those that llama.cpp loads.</summary>
public sealed record ModelShape
{
    /// <summary><c>general.architecture</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>
    /// Metadata below the architecture's name: <see cref="uint"/>, <see cref="float"/>, <see cref="bool"/> or <see cref="string"/>.
    /// </summary>
    public required ImmutableArray<(string Key, object Value)> Settings { get; init; }

    /// <summary>Tokens; those beyond Pico's are made up.</summary>
    public int Vocabulary { get; init; } = 1024;

    /// <summary>Standard deviation of the weights.</summary>
    public float Spread { get; init; } = 0.02f;

    /// <summary>What its tokenizer has otherwise than Pico's, below <c>tokenizer.ggml</c>.</summary>
    public ImmutableArray<(string Key, object Value)> Tokenizer { get; init; } = [];

    /// <summary>Whether matrices are written as Q8_0; else everything is F32, and can be packed into anything.</summary>
    public bool IsPacked { get; init; } = true;

    /// <summary>
    /// The weights of the last norm have random signs. Without them a model that nobody trained, whose output shares the embedding,
    /// says its last token again and again.
    /// </summary>
    public bool Wanders { get; init; }

    /// <summary>Every tensor, innermost dimension first.</summary>
    public required ImmutableArray<(string Name, ImmutableArray<int> Dimensions)> Tensors { get; init; }

    /// <summary>A dense transformer as Llama is; the output shares the embedding.</summary>
    public static ModelShape Llama(
        int width, int layers, int heads, int keyHeads, int inner, int context, int vocabulary = 1024, int? pooling = null) => new()
        {
            Architecture = "llama",
            Vocabulary = vocabulary,
            Settings =
        [
            .. Common(width, layers, heads, keyHeads, inner, context),
            ("rope.dimension_count", (uint)(width / heads)),
            ("vocab_size", (uint)vocabulary),
            .. pooling is { } kind ? [("pooling_type", (object)(uint)kind), ("attention.causal", false)] : Array.Empty<(string, object)>(),
        ],
            Tensors = [
            .. Outer(width, vocabulary),
            .. Enumerable.Range(0, layers).SelectMany(layer => Dense(layer, width, width * keyHeads / heads, inner)),
        ],
        };

    /// <summary>About half a billion parameters, with the widths and the vocabulary that are usual for that size.</summary>
    public static ModelShape HalfBillion { get; } = Llama(896, 24, 14, 2, 4864, 8192, 151_936) with { Wanders = true };

    /// <summary>Small, with attention that sees a window of 64 tokens in every second layer.</summary>
    public static ModelShape SlidingWindow { get; } = new()
    {
        Architecture = "gemma2",
        Settings =
        [
            .. Common(128, 4, 4, 2, 256, 2048),
            ("attention.key_length", 32u),
            ("attention.value_length", 32u),
            ("attention.sliding_window", 64u),
        ],
        Tensors =
        [
            .. Outer(128, 1024),
            .. Enumerable.Range(0, 4).SelectMany(layer => Dense(layer, 128, 64, 256)
                .Concat([($"blk.{layer}.post_attention_norm.weight", [128]), ($"blk.{layer}.post_ffw_norm.weight", [128])])),
        ],
    };

    /// <summary>Small, of an architecture that llama.cpp v0.5.0 knows and the packages of LLamaSharp 0.30.0 do not.</summary>
    public static ModelShape Newest { get; } = Llama(128, 2, 4, 2, 256, 512) with
    {
        Architecture = "muse-glimmer",
        Settings =
        [
            .. Common(128, 2, 4, 2, 256, 512),
            ("attention.key_length", 32u),
            ("attention.value_length", 32u),
            ("attention.sliding_window", 64u),
            ("attention.sliding_window_pattern", 2u),
            ("logit_scale", 1f),
        ],
        Tensors =
        [
            .. Outer(128, 1024),
            ("output.weight", [128, 1024]),
            .. Enumerable.Range(0, 2).SelectMany(layer => Dense(layer, 128, 64, 256).Concat(
            [
                ($"blk.{layer}.post_attention_norm.weight", [128]),
                ($"blk.{layer}.post_ffw_norm.weight", [128]),
                ($"blk.{layer}.attn_q_norm.weight", [32]),
                ($"blk.{layer}.attn_k_norm.weight", [32]),
                ($"blk.{layer}.attn_gate.weight", [128, 128]),
            ])),
        ],
    };

    /// <summary>Small and recurrent: its state cannot be cut in the middle.</summary>
    public static ModelShape Recurrent { get; } = new()
    {
        Architecture = "mamba",
        Settings =
        [
            ("context_length", 2048u),
            ("embedding_length", 128u),
            ("feed_forward_length", 0u),
            ("attention.head_count", 0u),
            ("block_count", 2u),
            ("ssm.conv_kernel", 4u),
            ("ssm.inner_size", 256u),
            ("ssm.state_size", 16u),
            ("ssm.time_step_rank", 8u),
            ("attention.layer_norm_rms_epsilon", 1e-5f),
        ],
        Tensors = [.. Outer(128, 1024), .. Enumerable.Range(0, 2).SelectMany(layer => StateSpace(layer, 128, 256, 16, 8, 4))],
    };

    /// <summary>
    /// Small, an encoder that ranks: a head on its first token gives one score. It reads a query and a document as one text.
    /// </summary>
    public static ModelShape Reranker { get; } = Encoder(128, 2, 4, 256, 256, pooling: 4);

    /// <summary>An encoder as BERT is, with an end-of-text token behind each text.</summary>
    public static ModelShape Encoder(int width, int layers, int heads, int inner, int context, int pooling) => new()
    {
        Architecture = "bert",
        Spread = 0.1f,
        Settings =
        [
            ("context_length", (uint)context),
            ("embedding_length", (uint)width),
            ("block_count", (uint)layers),
            ("feed_forward_length", (uint)inner),
            ("attention.head_count", (uint)heads),
            ("attention.layer_norm_epsilon", 1e-12f),
            ("attention.causal", false),
            ("pooling_type", (uint)pooling),
        ],
        Tokenizer = [("token_type_count", 1u), ("add_bos_token", true), ("add_eos_token", true)],
        Tensors =
        [
            ("token_embd.weight", [width, 1024]), ("position_embd.weight", [width, context]), ("token_types.weight", [width]),
            ("token_embd_norm.weight", [width]), ("token_embd_norm.bias", [width]),
            .. pooling == 4 ? [
                ("cls.weight", [width, width]), ("cls.bias", [width]), ("cls.output.weight", [width, 1]), ("cls.output.bias", [1]),
            ]
                : Enumerable.Empty<(string, ImmutableArray<int>)>(),
            .. Enumerable.Range(0, layers).SelectMany(layer => Encoding(layer, width, inner)),
        ],
    };

    /// <summary>Small, for embeddings: the mean over all tokens, which all see each other.</summary>
    public static ModelShape Embedding { get; } = Llama(128, 2, 4, 4, 256, 512, pooling: 1);

    /// <summary>The same with experts in place of each feed-forward network, of which a token uses some.</summary>
    /// <param name="count">Experts of a layer.</param>
    /// <param name="used">Of those, for one token.</param>
    public ModelShape WithExperts(int count, int used) => this with
    {
        Settings = [.. Settings, ("expert_count", (uint)count), ("expert_used_count", (uint)used)],
        Tensors =
        [
            .. Tensors.SelectMany(tensor => tensor.Name.Split('.') switch
            {
                ["blk", var layer, "ffn_gate", _] =>
                [
                    ($"blk.{layer}.ffn_gate_inp.weight", [tensor.Dimensions[0], count]),
                    ($"blk.{layer}.ffn_gate_exps.weight", [.. tensor.Dimensions, count]),
                ],
                ["blk", var layer, "ffn_up" or "ffn_down", _] =>
                    [(tensor.Name.Replace(".weight", "_exps.weight", StringComparison.Ordinal), [.. tensor.Dimensions, count])],
                _ => new (string, ImmutableArray<int>)[] { tensor },
            }),
        ],
    };

    private static IEnumerable<(string, object)> Common(int width, int layers, int heads, int keyHeads, int inner, int context) =>
    [
        ("context_length", (uint)context),
        ("embedding_length", (uint)width),
        ("block_count", (uint)layers),
        ("feed_forward_length", (uint)inner),
        ("attention.head_count", (uint)heads),
        ("attention.head_count_kv", (uint)keyHeads),
        ("attention.layer_norm_rms_epsilon", 1e-5f),
        ("rope.freq_base", 10_000f),
    ];

    private static IEnumerable<(string, ImmutableArray<int>)> Outer(int width, int vocabulary) =>
        [("token_embd.weight", [width, vocabulary]), ("output_norm.weight", [width])];

    private static IEnumerable<(string, ImmutableArray<int>)> Dense(int layer, int width, int keyWidth, int inner) =>
    [
        ($"blk.{layer}.attn_norm.weight", [width]),
        ($"blk.{layer}.attn_q.weight", [width, width]),
        ($"blk.{layer}.attn_k.weight", [width, keyWidth]),
        ($"blk.{layer}.attn_v.weight", [width, keyWidth]),
        ($"blk.{layer}.attn_output.weight", [width, width]),
        ($"blk.{layer}.ffn_norm.weight", [width]),
        ($"blk.{layer}.ffn_gate.weight", [width, inner]),
        ($"blk.{layer}.ffn_up.weight", [width, inner]),
        ($"blk.{layer}.ffn_down.weight", [inner, width]),
    ];

    private static IEnumerable<(string, ImmutableArray<int>)> Encoding(int layer, int width, int inner) =>
    [
        ($"blk.{layer}.attn_q.weight", [width, width]),
        ($"blk.{layer}.attn_q.bias", [width]),
        ($"blk.{layer}.attn_k.weight", [width, width]),
        ($"blk.{layer}.attn_k.bias", [width]), ($"blk.{layer}.attn_v.weight", [width, width]), ($"blk.{layer}.attn_v.bias", [width]),
        ($"blk.{layer}.attn_output.weight", [width, width]),
        ($"blk.{layer}.attn_output.bias", [width]),
        ($"blk.{layer}.attn_output_norm.weight", [width]),
        ($"blk.{layer}.attn_output_norm.bias", [width]),
        ($"blk.{layer}.ffn_up.weight", [width, inner]),
        ($"blk.{layer}.ffn_up.bias", [inner]),
        ($"blk.{layer}.ffn_down.weight", [inner, width]),
        ($"blk.{layer}.ffn_down.bias", [width]),
        ($"blk.{layer}.layer_output_norm.weight", [width]),
        ($"blk.{layer}.layer_output_norm.bias", [width]),
    ];

    private static IEnumerable<(string, ImmutableArray<int>)> StateSpace(
        int layer, int width, int inner, int state, int rank, int kernel) =>
    [
        ($"blk.{layer}.attn_norm.weight", [width]),
        ($"blk.{layer}.ssm_in.weight", [width, 2 * inner]),
        ($"blk.{layer}.ssm_conv1d.weight", [kernel, inner]),
        ($"blk.{layer}.ssm_conv1d.bias", [inner]),
        ($"blk.{layer}.ssm_x.weight", [inner, rank + (2 * state)]),
        ($"blk.{layer}.ssm_dt.weight", [rank, inner]),
        ($"blk.{layer}.ssm_dt.bias", [inner]),
        ($"blk.{layer}.ssm_a", [state, inner]),
        ($"blk.{layer}.ssm_d", [inner]),
        ($"blk.{layer}.ssm_out.weight", [inner, width]),
    ];
}

using System.Collections.Immutable;
using ModelOps.TestKit.Generated;

namespace ModelOps.Footprints;

/// <summary>Models to load: small enough to make in a second, of every kind of memory.</summary>
internal static class Shapes
{
    public static ImmutableArray<(string Name, ModelShape Shape)> All { get; } =
    [
        ("llama", ModelShape.Llama(512, 6, 8, 2, 1408, 16384, 32_000)),
        ("llama-wide", ModelShape.Llama(1024, 3, 16, 16, 4096, 16384, 2048)),
        ("llama-vocabulary", ModelShape.Llama(256, 2, 4, 1, 512, 16384, 151_936)),
        ("gemma2", ModelShape.SlidingWindow),
        ("mamba", ModelShape.Recurrent),
        ("lfm2", Hybrid),
        ("deepseek2", Latent),
        ("qwen3moe", Experts),
        ("embedding", ModelShape.Embedding),
    ];

    /// <summary>Types that the plain model is packed into.</summary>
    public static ImmutableArray<string> Packings { get; } = [
        "F16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0", "IQ4_NL", "Q3_K_M", "Q2_K",
    ];

    /// <summary>Nothing in it is packed yet.</summary>
    public static ModelShape Plain => ModelShape.Llama(1024, 4, 16, 4, 2816, 16384, 8192) with { IsPacked = false };

    /// <summary>Convolutions in most layers, attention in the others.</summary>
    private static ModelShape Hybrid => new()
    {
        Architecture = "lfm2",
        Settings =
        [
            ("context_length", 16384u),
            ("embedding_length", 512u),
            ("block_count", 4u),
            ("feed_forward_length", 1024u),
            ("attention.head_count", 8u),
            ("attention.head_count_kv", new uint[] { 0, 2, 0, 2 }),
            ("attention.layer_norm_rms_epsilon", 1e-5f),
            ("rope.freq_base", 10_000f),
            ("shortconv.l_cache", 3u), ("vocab_size", 1024u),
        ],
        Tensors =
        [
            ("token_embd.weight", [512, 1024]), ("token_embd_norm.weight", [512]),
            .. Enumerable.Range(0, 4).SelectMany(layer => (IEnumerable<(string, ImmutableArray<int>)>)
            [
                .. layer % 2 == 0
                    ? new (string, ImmutableArray<int>)[]
                    {
                        ($"blk.{layer}.shortconv.conv.weight", [3, 512]), ($"blk.{layer}.shortconv.in_proj.weight", [512, 1536]),
                        ($"blk.{layer}.shortconv.out_proj.weight", [512, 512]),
                    }
                    :
                    [
                        ($"blk.{layer}.attn_q.weight", [512, 512]),
                        ($"blk.{layer}.attn_k.weight", [512, 128]),
                        ($"blk.{layer}.attn_v.weight", [512, 128]),
                        ($"blk.{layer}.attn_output.weight", [512, 512]),
                        ($"blk.{layer}.attn_q_norm.weight", [64]),
                        ($"blk.{layer}.attn_k_norm.weight", [64]),
                    ],
                ($"blk.{layer}.attn_norm.weight", [512]),
                ($"blk.{layer}.ffn_norm.weight", [512]),
                ($"blk.{layer}.ffn_gate.weight", [512, 1024]),
                ($"blk.{layer}.ffn_up.weight", [512, 1024]), ($"blk.{layer}.ffn_down.weight", [1024, 512]),
            ]),
        ],
    };

    /// <summary>Every token goes through 4 of 16 experts.</summary>
    private static ModelShape Experts => new()
    {
        Architecture = "qwen3moe",
        Settings =
        [
            ("context_length", 16384u),
            ("embedding_length", 512u),
            ("block_count", 2u),
            ("feed_forward_length", 1024u),
            ("attention.head_count", 8u),
            ("attention.head_count_kv", 2u),
            ("attention.key_length", 64u),
            ("attention.value_length", 64u),
            ("attention.layer_norm_rms_epsilon", 1e-5f),
            ("rope.freq_base", 10_000f),
            ("expert_count", 16u),
            ("expert_used_count", 4u),
            ("expert_feed_forward_length", 192u),
            ("vocab_size", 1024u),
        ],
        Tensors =
        [
            ("token_embd.weight", [512, 1024]), ("output_norm.weight", [512]),
            .. Enumerable.Range(0, 2).SelectMany(layer => (IEnumerable<(string, ImmutableArray<int>)>)
            [
                ($"blk.{layer}.attn_norm.weight", [512]),
                ($"blk.{layer}.attn_q.weight", [512, 512]),
                ($"blk.{layer}.attn_k.weight", [512, 128]),
                ($"blk.{layer}.attn_v.weight", [512, 128]),
                ($"blk.{layer}.attn_output.weight", [512, 512]),
                ($"blk.{layer}.attn_q_norm.weight", [64]),
                ($"blk.{layer}.attn_k_norm.weight", [64]),
                ($"blk.{layer}.ffn_norm.weight", [512]),
                ($"blk.{layer}.ffn_gate_inp.weight", [512, 16]),
                ($"blk.{layer}.ffn_gate_exps.weight", [512, 192, 16]), ($"blk.{layer}.ffn_up_exps.weight", [512, 192, 16]),
                ($"blk.{layer}.ffn_down_exps.weight", [192, 512, 16]),
            ]),
        ],
    };

    /// <summary>Keys and values folded into one latent vector.</summary>
    private static ModelShape Latent => new()
    {
        Architecture = "deepseek2",
        Settings =
        [
            ("context_length", 16384u),
            ("embedding_length", 512u),
            ("block_count", 27u),
            ("feed_forward_length", 1024u),
            ("attention.head_count", 8u),
            ("attention.head_count_kv", 1u),
            ("attention.layer_norm_rms_epsilon", 1e-5f),
            ("rope.freq_base", 10_000f),
            ("rope.dimension_count", 64u),
            ("attention.kv_lora_rank", 256u),
            ("attention.key_length", 320u),
            ("attention.value_length", 256u),
            ("attention.key_length_mla", 192u),
            ("attention.value_length_mla", 128u), ("leading_dense_block_count", 27u), ("expert_count", 4u), ("expert_used_count", 2u),
            ("expert_feed_forward_length", 64u), ("expert_shared_count", 1u), ("expert_weights_scale", 1f), ("vocab_size", 1024u),
        ],
        Tensors =
        [
            ("token_embd.weight", [512, 1024]), ("output_norm.weight", [512]), ("output.weight", [512, 1024]),
            .. Enumerable.Range(0, 27).SelectMany(layer => (IEnumerable<(string, ImmutableArray<int>)>)
            [
                ($"blk.{layer}.attn_norm.weight", [512]),
                ($"blk.{layer}.attn_q.weight", [512, 8 * 192]),
                ($"blk.{layer}.attn_kv_a_mqa.weight", [512, 320]),
                ($"blk.{layer}.attn_kv_a_norm.weight", [256]),
                ($"blk.{layer}.attn_k_b.weight", [128, 256, 8]),
                ($"blk.{layer}.attn_v_b.weight", [256, 128, 8]),
                ($"blk.{layer}.attn_output.weight", [1024, 512]),
                ($"blk.{layer}.ffn_norm.weight", [512]),
                ($"blk.{layer}.ffn_gate.weight", [512, 1024]),
                ($"blk.{layer}.ffn_up.weight", [512, 1024]), ($"blk.{layer}.ffn_down.weight", [1024, 512]),
            ]),
        ],
    };
}

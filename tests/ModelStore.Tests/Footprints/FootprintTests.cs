using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Tests.Gguf;

namespace ModelOps.ModelStore.Tests.Footprints;

/// <summary>
/// Sizes of caches of well-known shapes, computed by hand; what a real engine takes is compared by the benchmark Footprints.
/// </summary>
public sealed class FootprintTests : IDisposable
{
    private const long Mebi = 1L << 20;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Grouped_queries_share_keys()
    {
        var geometry = Read(Dense("llama", layers: 32, width: 4096, heads: 32, keyHeads: 8));

        Assert.Equal(1024 * Mebi, Footprint.Of(geometry, new() { ContextLength = 8192 }).KeyValueCache);
        Assert.Equal(131_072, Footprint.Of(geometry, new() { ContextLength = 8192 }).PerToken);
    }

    [Theory]
    [InlineData("f32", 4096)]
    [InlineData("f16", 2048)]
    [InlineData("q8_0", 1088)]
    [InlineData("q4_0", 576)]
    public void A_packed_cache_is_smaller(string type, long expected)
    {
        var geometry = Read(Dense("llama", layers: 1, width: 512, heads: 8, keyHeads: 8));

        Assert.Equal(expected, Footprint.Of(geometry, new() { ContextLength = 256, KvCacheType = type }).PerToken);
    }

    [Fact]
    public void An_unknown_cache_type_is_told() => Assert.Equal(
        "there is no KV cache type \"q7\"",
        Assert.Throws<StoreException>(
            () => Footprint.Of(Read(Dense("llama", 1, 64, 2, 2)), new() { ContextLength = 8, KvCacheType = "q7" })).Message);

    [Fact]
    public void Every_slot_has_a_cache_that_is_padded()
    {
        var geometry = Read(Dense("llama", layers: 1, width: 512, heads: 8, keyHeads: 8));

        // 2000 tokens need 2000 cells, and 2048 are the next multiple of 256.
        Assert.Equal(3 * 2048 * 2048, Footprint.Of(geometry, new() { ContextLength = 2000, Slots = 3 }).KeyValueCache);
    }

    [Fact]
    public void A_sliding_layer_keeps_its_window_and_one_batch()
    {
        var geometry = Read(Dense("gemma2", layers: 4, width: 512, heads: 8, keyHeads: 8).UInt32("gemma2.attention.sliding_window", 1024));

        // Two layers keep all 8192 tokens, two keep 1024 + 512.
        Assert.Equal(2048 * 2 * (8192 + 1536), Footprint.Of(geometry, new() { ContextLength = 8192 }).KeyValueCache);
        Assert.Equal(1024, geometry.Window);
    }

    [Fact]
    public void A_window_in_metadata_that_the_engine_ignores_is_ignored() =>
        Assert.Equal(0, Read(Dense("phi3", 4, 512, 8, 8).UInt32("phi3.attention.sliding_window", 1024)).Window);

    [Fact]
    public void A_listed_pattern_wins_over_the_habit()
    {
        var geometry = Read(Dense("gemma3", 3, 512, 8, 8).UInt32("gemma3.attention.sliding_window", 512)
            .Flags("gemma3.attention.sliding_window_pattern", true, false, true));

        Assert.Equal([true, false, true], geometry.Layers.Select(layer => layer.Slides));
    }

    [Fact]
    public void Latent_attention_keeps_one_vector_for_all_heads()
    {
        var geometry = Read(Dense("deepseek2", layers: 27, width: 2048, heads: 16, keyHeads: 1)
            .UInt32("deepseek2.attention.key_length", 576).UInt32("deepseek2.attention.value_length", 512)
            .UInt32("deepseek2.attention.key_length_mla", 192).UInt32("deepseek2.attention.value_length_mla", 128));

        Assert.Equal(27 * 576 * 2, Footprint.Of(geometry, new() { ContextLength = 4096 }).PerToken);
    }

    [Fact]
    public void A_recurrent_model_costs_the_same_at_any_context()
    {
        var geometry =
            Read(new GgufBytes().Text("general.architecture", "mamba").UInt32("mamba.block_count", 2).UInt32("mamba.embedding_length", 128)
            .UInt32("mamba.ssm.conv_kernel", 4).UInt32("mamba.ssm.inner_size", 256).UInt32("mamba.ssm.state_size", 16));

        // Two sequences a slot: the one that runs and the one that is kept.
        var expected = 2 * 2 * ((3 * 256) + (16 * 256)) * 4;
        Assert.Equal(expected, Footprint.Of(geometry, new() { ContextLength = 512 }).KeyValueCache);
        Assert.Equal(expected, Footprint.Of(geometry, new() { ContextLength = 65536 }).KeyValueCache);
        Assert.Equal(0, Footprint.Of(geometry, new() { ContextLength = 512 }).PerToken);
    }

    [Fact]
    public void A_hybrid_model_has_both()
    {
        var geometry = Read(Dense("qwen3next", layers: 8, width: 512, heads: 8, keyHeads: 2)
            .UInt32("qwen3next.ssm.conv_kernel", 4).UInt32("qwen3next.ssm.inner_size", 256).UInt32("qwen3next.ssm.state_size", 16)
            .UInt32("qwen3next.ssm.group_count", 2));

        Assert.Equal([3, 7], Enumerable.Range(0, 8).Where(layer => geometry.Layers[layer].KeyWidth > 0));
        Assert.Equal([0, 1, 2, 4, 5, 6], Enumerable.Range(0, 8).Where(layer => geometry.Layers[layer].StateBytes > 0));
    }

    [Fact]
    public void Layers_that_predict_more_tokens_keep_nothing() =>
        Assert.Equal(
            [true, true, false],
            Read(Dense("glm4moe", 3, 512, 8, 2).UInt32("glm4moe.nextn_predict_layers", 1)).Layers.Select(layer => layer.KeyWidth > 0));

    [Fact]
    public void An_encoder_keeps_nothing() =>
        Assert.Equal(0, Footprint.Of(Read(Dense("bert", 6, 384, 12, 12)), new() { ContextLength = 512, Embeddings = true }).KeyValueCache);

    [Fact]
    public void Layers_go_to_the_gpu_from_the_last_one_and_nothing_is_lost()
    {
        var geometry = ModelGeometry.Of(GgufFile.Read(Some.Pico));
        var settings = new FootprintSettings { ContextLength = 4096 };
        var main = Footprint.Of(geometry, settings);

        for (var layers = 0; layers <= geometry.Layers.Length + 1; layers++)
        {
            var split = Footprint.Of(geometry, settings with { GpuLayers = layers });
            Assert.Equal(main.KeyValueCache, split.KeyValueCache);
            Assert.Equal(main.Weights + (layers > 0 ? geometry.SharedOutputBytes : 0), split.Weights);
        }

        Assert.Equal(Footprint.Of(geometry, settings with { GpuLayers = 1000 }), Footprint.Of(geometry, settings with { GpuLayers = -1 }));
        Assert.Equal(0, main.Gpu.Total);
    }

    [Fact]
    public void As_many_layers_fit_as_the_budget_holds()
    {
        var geometry = ModelGeometry.Of(GgufFile.Read(Some.Pico));
        var settings = new FootprintSettings { ContextLength = 4096 };

        Assert.Equal(0, LayerSplit.Fit(geometry, settings, 0));
        Assert.Equal(geometry.Layers.Length + 1, LayerSplit.Fit(geometry, settings, long.MaxValue));
        for (var layers = 1; layers <= geometry.Layers.Length + 1; layers++)
        {
            var need = Footprint.Of(geometry, settings with { GpuLayers = layers }).Gpu.Total;
            Assert.Equal(layers, LayerSplit.Fit(geometry, settings, need));
            Assert.Equal(layers - 1, LayerSplit.Fit(geometry, settings, need - 1));
        }
    }

    [Fact]
    public void Weights_are_those_of_the_tensors()
    {
        var file = GgufFile.Read(Some.Pico);

        Assert.Equal(
            file.Length - file.DataOffset, Footprint.Of(ModelGeometry.Of(file), new() { ContextLength = 8 }).Weights, tolerance: 32.0);
    }

    [Fact]
    public void Absurd_numbers_are_no_crash()
    {
        var geometry = Read(new GgufBytes().Text("general.architecture", "llama").UInt32("llama.block_count", uint.MaxValue)
            .UInt64("llama.embedding_length", ulong.MaxValue)
            .UInt32("llama.attention.head_count", uint.MaxValue)
            .UInt64("llama.attention.key_length", long.MaxValue));

        Assert.IsType<StoreFailure.TooLarge>(
            Assert.Throws<StoreException>(() => Footprint.Of(geometry, new() { ContextLength = int.MaxValue, Slots = 64 })).Failure);
    }

    [Fact]
    public void Matrices_that_the_engine_rearranges_lie_in_memory_beside_the_mapped_file()
    {
        // The table of tokens is the output too, and is rearranged as such; a matrix of 12 rows is not.
        var geometry = Read(Dense("llama", layers: 1, width: 32, heads: 1, keyHeads: 1, dataBytes: 2240)
            .Tensor("token_embd.weight", 2, 0, 32, 64)
            .Tensor("blk.0.attn_q.weight", 2, 1152, 64, 16)
            .Tensor("blk.0.attn_k.weight", 2, 1728, 64, 12)
            .Tensor("output_norm.weight", 0, 2176, 16));
        var settings = new FootprintSettings { ContextLength = 256, Repacking = Repacking.X64 };
        var plain = Footprint.Of(geometry, settings with { Repacking = Repacking.None }).Weights;

        Assert.Equal(plain + 1152 + 576, Footprint.Of(geometry, settings).Weights);
        Assert.Equal(plain + 1152, Footprint.Of(geometry, settings with { IsMapped = false }).Weights);
        Assert.Equal(
            Footprint.Of(geometry, settings with { GpuLayers = -1, Repacking = Repacking.None }),
            Footprint.Of(geometry, settings with { GpuLayers = -1 }));
    }

    [Fact]
    public void Matrices_in_tiles_lie_in_memory_a_second_time_and_grow_by_what_the_tiles_need()
    {
        // 64 rows of 32 numbers as Q8_0, 34 bytes a block and 38 in tiles; a matrix of 16 rows is too small for tiles.
        var geometry = Read(Dense("llama", layers: 1, width: 32, heads: 1, keyHeads: 1, dataBytes: 4416)
            .Tensor("token_embd.weight", 8, 0, 32, 64)
            .Tensor("blk.0.attn_q.weight", 8, 2176, 32, 48)
            .Tensor("blk.0.attn_k.weight", 8, 3808, 32, 16)
            .Tensor("output_norm.weight", 0, 4352, 16));
        var settings = new FootprintSettings { ContextLength = 256, Repacking = Repacking.Tiles };
        var plain = Footprint.Of(geometry, settings with { Repacking = Repacking.None }).Weights;

        // Only the table of tokens is the output too; 48 rows are no multiple of 32.
        Assert.Equal(plain + (64 * 38), Footprint.Of(geometry, settings).Weights);
    }

    [Fact]
    public void The_last_mapped_byte_is_that_of_the_last_tensor_that_is_used_where_it_lies()
    {
        var geometry = Read(Dense("llama", layers: 1, width: 32, heads: 1, keyHeads: 1, dataBytes: 832)
            .Tensor("token_embd.weight", 0, 0, 32, 1)
            .Tensor("output.weight", 0, 128, 32, 1)
            .Tensor("blk.0.attn_q.weight", 2, 256, 64, 16));

        // Nothing lies twice: the rearranged matrix is the end of the file, and the mapping ends before it.
        Assert.Equal(geometry.WeightBytes, Footprint.Of(geometry, new() { ContextLength = 256, Repacking = Repacking.X64 }).Weights);
    }

    private static GgufBytes Dense(
        string architecture, uint layers, uint width, uint heads, uint keyHeads,
        int dataBytes = 0) => new GgufBytes { DataBytes = dataBytes }
        .Text("general.architecture", architecture)
        .UInt32($"{architecture}.block_count", layers)
        .UInt32($"{architecture}.embedding_length", width)
        .UInt32($"{architecture}.attention.head_count", heads).UInt32($"{architecture}.attention.head_count_kv", keyHeads);

    private ModelGeometry Read(GgufBytes file) => ModelGeometry.Of(GgufFile.Read(file.Save(_path)));
}

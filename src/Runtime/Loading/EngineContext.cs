using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Loading;

/// <summary>One native context for one load profile. Made on any thread, then used by the thread of its batch loop only.</summary>
internal sealed class EngineContext : IDisposable
{
    /// <summary>Tokens that speculation may add to a step: with the one that is known, they fill a step of 16.</summary>
    internal const int MaxGuess = 15;

    /// <summary>Sequences that the native cache can tell apart.</summary>
    private const int MaxSequences = 256;

    /// <summary>With more sequences every step holds all of them.</summary>
    internal const int MaxShaped = 64;

    private const int MaxEmbeddingInputs = 16;

    private readonly List<AdapterHandle> _adapters = [];

    private EngineContext(
        Weights weights, LoadProfile profile, ContextHandle handle, nint backend, IReadOnlyList<string> lines, int processors)
    {
        Weights = weights;
        Profile = profile;
        Handle = handle;
        Memory = new CacheMemory(handle, weights.Handle);
        MaxThreads = profile.Threads > 0 ? profile.Threads : processors;
        BatchCapacity = (int)LlamaNative.llama_n_batch(handle);
        MaxOutputs = (int)Outputs(profile, weights.IsRecurrent);
        SequenceNumbers = Sequences(profile, recurrent: Memory.Exists && !Memory.CanCut);
        Pools = new ThreadPools(handle, MaxThreads, Variants(backend));
        var buffers = BufferReport.Parse(lines);
        Facts = ReadFacts(buffers);
    }

    internal Weights Weights { get; }

    internal LoadProfile Profile { get; }

    internal ContextHandle Handle { get; }

    internal CacheMemory Memory { get; }

    internal ThreadPools Pools { get; }

    internal int MaxThreads { get; }

    internal int BatchCapacity { get; }

    /// <summary>Tokens of one step that may have an output; the engine ends the process where there are more.</summary>
    internal int MaxOutputs { get; }

    /// <summary>Numbers that sequences may have, running and kept.</summary>
    internal int SequenceNumbers { get; }

    /// <summary>
    /// Steps may hold some of the sequences only: not where a call does not wait for the processor that computes it, where slots cannot be
    /// cut, or where there are more than are told apart.
    /// </summary>
    internal bool IsShaped =>
        Memory.CanCut && Weights.Buffers.Gpu == 0 && Profile.Slots > 1 && SequenceNumbers <= MaxShaped;

    internal EngineFacts Facts { get; private set; }

    /// <exception cref="EngineFailedException">There is not enough memory, or the profile does not fit the weights.</exception>
    internal static EngineContext Create(Weights weights, LoadProfile profile, int processors)
    {
        var settings = Settings(weights, profile);
        nint backend = 0;
        var handle = NativeLog.Collect(
            () => SecondVariant.Watch(() => LlamaLibrary.Loaded.Layouts.Create(weights.Handle, settings), out backend), out var lines);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new EngineFailedException(
                $"no context of {profile.ContextLength} tokens and {profile.Slots} slots can be made for its weights: "
                    + $"{NativeLog.Reason(lines)}");
        }

        handle.KeepAlive(weights.Handle);
        var context = new EngineContext(weights, profile, handle, backend, lines, processors);
        try
        {
            context.ApplyAdapters();
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>A smaller model guesses for this context: its context computes with the same threads, and its memory counts.</summary>
    internal void AddDraft(ContextHandle draft, long memory)
    {
        Pools.Share(draft);
        Facts = Facts with { Memory = Facts.Memory with { Compute = Facts.Memory.Compute + memory } };
    }

    /// <summary>A draft that cannot be used makes the model slower than hoped, not useless; the facts say why.</summary>
    internal void GoWithoutDraft(string problem) => Facts = Facts with { DraftProblem = problem };

    /// <summary>Uses all weights once, so that the first request does not pay for it. By the thread of the batch loop.</summary>
    internal void TouchWeights(NativeBatch batch)
    {
        if (Profile.Embeddings || !Memory.Exists)
            return;

        var vocabulary = Weights.Vocabulary;
        batch.Clear();
        batch.Add(vocabulary.Bos >= 0 ? vocabulary.Bos : Math.Max(0, vocabulary.Eos), 0, 0, output: true);
        LlamaNative.llama_decode(Handle, batch.ToNative());
        Memory.Clear();
    }

    /// <summary>What the engine says that a context would take; see <see cref="Weights.LoadWithoutData"/>.</summary>
    /// <exception cref="EngineFailedException">The profile does not fit the weights.</exception>
    internal static BufferReport Measure(Weights weights, LoadProfile profile)
    {
        var settings = Settings(weights, profile);
        using var handle = NativeLog.Collect(() => LlamaLibrary.Loaded.Layouts.Create(weights.Handle, settings), out var lines);
        if (handle.IsInvalid)
        {
            throw new EngineFailedException(
                $"no context of {profile.ContextLength} tokens and {profile.Slots} slots can be measured for its weights: "
                    + $"{NativeLog.Reason(lines)}");
        }

        handle.KeepAlive(weights.Handle);
        return BufferReport.Parse(lines);
    }

    public void Dispose()
    {
        Handle.Dispose();
        Pools.Dispose();
        foreach (var adapter in _adapters)
            adapter.Dispose();
    }

    /// <summary>The engine's settings of a context.</summary>
    internal static ContextSettings Settings(Weights weights, LoadProfile profile)
    {
        var recurrent = weights.IsRecurrent;
        var settings = new ContextSettings
        {
            // In one cache for all, every token of a step looks at every cell of every sequence, used by it or not.
            UnifiedCache = recurrent || profile.Embeddings,
            MaxSequences = (uint)Sequences(profile, recurrent),
            CacheType = KvCacheTypes.NumberOf(profile.KvCacheType),
            FlashAttention = profile.FlashAttention switch { true => 1, false => 0, null => -1 },
            OffloadKqv = profile.GpuLayers != 0,
            Threads = Math.Max(1, profile.Threads),
        };
        if (profile.Embeddings)
        {
            // An input must lie in one physical batch: its tokens see each other or are pooled together.
            settings.ContextLength = (uint)Math.Max(profile.ContextLength * profile.Slots, profile.BatchSize);
            settings.BatchSize = settings.MicroBatchSize = (uint)Math.Max(profile.ContextLength, profile.BatchSize);
            settings.Embeddings = true;
            return settings;
        }

        settings.ContextLength = (uint)(profile.ContextLength * profile.Slots);
        settings.BatchSize = (uint)Math.Max(profile.BatchSize, profile.Slots + MaxGuess + 1);
        settings.MicroBatchSize = Math.Min(settings.BatchSize, 512);

        settings.MaxOutputs = Outputs(profile, recurrent);
        return settings;
    }

    /// <summary>
    /// One for each possible sequence, or the engine ends the process; each takes memory for one number per token of the vocabulary.
    /// </summary>
    private static uint Outputs(LoadProfile profile, bool recurrent) =>
        (uint)Math.Max(profile.Slots + MaxGuess, Sequences(profile, recurrent));

    private static int Sequences(LoadProfile profile, bool recurrent) =>
        profile.Embeddings ? MaxEmbeddingInputs
        : recurrent ? Math.Min(MaxSequences, profile.Slots * 2)
        : profile.Slots;

    private void ApplyAdapters()
    {
        if (Profile.Adapters.IsEmpty)
            return;

        foreach (var adapter in Profile.Adapters)
        {
            var handle = NativeLog.Collect(() => LlamaNative.llama_adapter_lora_init(Weights.Handle, adapter.Path), out var lines);
            if (handle.IsInvalid)
            {
                handle.Dispose();
                throw new EngineFailedException($"its adapter cannot be applied to its weights: {NativeLog.Reason(lines)}");
            }

            handle.KeepAlive(Weights.Handle);
            _adapters.Add(handle);
        }

        if (!AdapterHandle.TryApply(Handle, _adapters, [.. Profile.Adapters.Select(adapter => adapter.Scale)]))
            throw new EngineFailedException($"its adapters cannot be applied to its weights");
    }

    /// <summary>
    /// Two variants where both can read the weights, and several sequences may be in a step: one alone is always computed with the
    /// first, so that its answer does not depend on what else was asked.
    /// </summary>
    private ContextVariants? Variants(nint backend) =>
        backend != 0 && LlamaLibrary.Loaded.Second is { } second && IsShaped && Profile is { Embeddings: false, Draft: null }
        && Profile.Adapters.IsEmpty && Weights.Buffers.Private == 0
            ? new ContextVariants(second, backend)
            : null;

    private PairFrame? ReadPair()
    {
        if (!Profile.Embeddings || LlamaNative.llama_pooling_type(Handle) != PoolingTypes.Rank)
            return null;

        var (before, between, after) = Weights.Vocabulary.AroundTwo();
        return new PairFrame(before, between, after, Weights.Handle.Template("rerank"));
    }

    private EngineFacts ReadFacts(BufferReport buffers)
    {
        var model = Weights.Handle;
        var vocabulary = Weights.Vocabulary;
        var layers = LlamaNative.llama_model_n_layer(model);
        var weights = Weights.Buffers.Weights > 0 ? Weights.Buffers.Weights : (long)LlamaNative.llama_model_size(model);
        return new EngineFacts
        {
            Architecture = Weights.Architecture,
            TrainedContext = LlamaNative.llama_model_n_ctx_train(model),
            ContextLength = Profile.ContextLength,
            Slots = Profile.Slots,
            VocabularySize = vocabulary.Size,
            EmbeddingLength = Profile.Embeddings ? LlamaNative.llama_model_n_embd_out(model) : LlamaNative.llama_model_n_embd(model),
            Pair = ReadPair(),
            BosToken = vocabulary.TextOf(vocabulary.Bos),
            EosToken = vocabulary.TextOf(vocabulary.Eos),
            AddsBos = vocabulary.AddsBos,
            CanCutPrefix = Memory.CanCut && Memory.Window == 0,
            Layers = layers,
            MainGpu = Weights.MainGpu,
            Natives = LlamaLibrary.Loaded.Natives with { SecondVariant = Pools.HasSecond ? LlamaLibrary.Loaded.Second!.Name : null },
            GpuLayers = Weights.Buffers.Gpu == 0 ? 0 : Profile.GpuLayers < 0 ? layers : Math.Min(Profile.GpuLayers, layers),
            Memory = new EngineMemory(weights, buffers.Cache, buffers.Compute, Weights.Buffers.Gpu + buffers.Gpu)
            {
                Prefixes = EngineMemory.PrefixBytes(Profile, buffers.Cache),
            },
        };
    }
}

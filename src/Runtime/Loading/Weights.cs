using ModelOps.ModelStore;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Loading;

/// <summary>One set of weights in memory, shared by every context on it.</summary>
internal sealed class Weights : IDisposable
{
    private Weights(WeightsHandle handle, BufferReport buffers, int? mainGpu)
    {
        Handle = handle;
        Buffers = buffers;
        MainGpu = mainGpu;
        Vocabulary = new Vocabulary(handle);
    }

    internal WeightsHandle Handle { get; }

    internal Vocabulary Vocabulary { get; }

    /// <summary>What the engine allocated for the tensors.</summary>
    internal BufferReport Buffers { get; }

    /// <summary>Number of the only GPU that was used, where one was asked for and there is one of that number.</summary>
    internal int? MainGpu { get; }

    /// <summary>A state that changes with every token takes the place of a cache, or of a part of it: it cannot be cut.</summary>
    internal bool IsRecurrent => LlamaNative.llama_model_is_recurrent(Handle) != 0 || LlamaNative.llama_model_is_hybrid(Handle) != 0;

    internal string Architecture => Handle.Metadata("general.architecture");

    /// <exception cref="EngineFailedException">The file cannot be read, or loading was aborted by the engine.</exception>
    /// <exception cref="OperationCanceledException">The token fired while loading.</exception>
    internal static Weights Load(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(profile.Weights))
            throw new EngineFailedException($"The weights {profile.Weights} do not exist.");

        Check(profile.Weights);
        var settings = Settings(profile);
        settings.LoadMode = profile.UseMmap switch { true => 1, false => 0, null => null };
        using var watch = new LoadWatch(progress, cancellationToken);
        watch.Attach(ref settings);
        var handle = NativeLog.Collect(() => LlamaLibrary.Loaded.Layouts.Load(profile.Weights, settings), out var lines);
        if (!handle.IsInvalid)
            return new Weights(handle, BufferReport.Parse(lines), MainGpuOf(profile));

        handle.Dispose();
        cancellationToken.ThrowIfCancellationRequested();
        throw new EngineFailedException($"the engine cannot load its weights: {NativeLog.Reason(lines)}");
    }

    /// <summary>Reads the header only. Contexts on such weights can be made, to be measured and never to compute.</summary>
    /// <exception cref="EngineFailedException">The file cannot be read.</exception>
    internal static Weights LoadWithoutData(LoadProfile profile)
    {
        Check(profile.Weights);
        var settings = Settings(profile);
        (settings.NoAllocation, settings.LoadMode) = (true, 0);
        var handle = NativeLog.Collect(() => LlamaLibrary.Loaded.Layouts.Load(profile.Weights, settings), out var lines);
        if (!handle.IsInvalid)
            return new Weights(handle, BufferReport.Parse(lines), MainGpuOf(profile));

        handle.Dispose();
        throw new EngineFailedException($"the engine cannot measure its weights: {NativeLog.Reason(lines)}");
    }

    public void Dispose() => Handle.Dispose();

    /// <summary>The engine refuses most broken files, but some end its process, with all engines in it.</summary>
    private static void Check(string path)
    {
        try
        {
            if (GgufShape.Refusal(GgufFile.Read(path, "the file")) is { } refusal)
                throw new EngineFailedException(refusal);
        }
        catch (StoreException error)
        {
            throw new EngineFailedException($"the engine cannot load its weights: {error.Message}", error);
        }
    }

    /// <summary>Decides where the settings do not. Without a GPU, or a geometry in the file, the engine decides.</summary>
    private static int LayersThatFit(LoadProfile profile)
    {
        var free = Devices.FreeMemory();
        if (MainGpuOf(profile) is { } only)
            free = [free[only]];

        if (free.Count == 0 || ModelGeometry.Of(GgufFile.Read(profile.Weights)) is not { Layers.IsEmpty: false } geometry)
            return profile.GpuLayers;

        var settings = new FootprintSettings
        {
            ContextLength = profile.ContextLength,
            Slots = profile.Slots,
            KvCacheType = profile.KvCacheType,
            BatchSize = profile.BatchSize,
            FlashAttention = profile.FlashAttention ?? true,
            Embeddings = profile.Embeddings,
        };
        return GpuFit.Layers(geometry, settings, free);
    }

    /// <summary>The engine refuses the number of a GPU that does not exist, and on a machine without GPUs every number.</summary>
    private static int? MainGpuOf(LoadProfile profile) =>
        profile.MainGpu is >= 0 and { } number && number < Devices.FreeMemory().Count ? number : null;

    private static ModelSettings Settings(LoadProfile profile) => new()
    {
        GpuLayers = profile.GpuLayers < 0 ? LayersThatFit(profile) : profile.GpuLayers,
        OnlyGpu = MainGpuOf(profile),
    };
}

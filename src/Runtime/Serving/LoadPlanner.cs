using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Serving;

/// <summary>Load options of one request after all sources were merged; null means nobody said anything.</summary>
internal sealed record LoadSettings(
    int? Context = null, int? Batch = null, int? GpuLayers = null, int? MainGpu = null, bool? UseMmap = null, int? Threads = null);

/// <summary>Turns a build and settings into the engine that serves it. Pure. Rules: spec/http-apis.md 5.5, modelfile-and-store.md 7.6.</summary>
internal static class LoadPlanner
{
    /// <summary>Slots of a completion model when nothing else is said.</summary>
    internal const int DefaultParallel = 4;

    /// <summary>Context when nothing else is said, on machines with little GPU memory.</summary>
    internal const int DefaultContext = 4096;

    private const int LeastContext = 4;

    /// <summary>Fixes every number of the load.</summary>
    internal static EngineDemand Plan(ModelBuild build, ModelPolicy? policy, LoadSettings settings, HostOptions host)
    {
        var facts = build.Facts;
        var embeds = facts?.PoolingType is not null;
        var context = policy?.Runtime.Context ?? settings.Context ?? (host.ContextLength > 0 ? host.ContextLength : DefaultContext);
        context = Math.Max(context, facts?.HasVision == true ? 2048 : LeastContext);
        if (facts?.ContextLength is > 0 and var trained)
            context = (int)Math.Min(context, trained);

        var slots = embeds ? 1 : policy?.Runtime.Parallel ?? (host.Parallel > 0 ? host.Parallel : DefaultParallel);
        var profile = new LoadProfile
        {
            Weights = build.WeightsPath,
            Adapters = [.. build.AdapterPaths.Select(path => new AdapterSpec(path))],
            Draft = build.DraftPath,
            ContextLength = context,
            Slots = slots,
            KvCacheType = policy?.Runtime.KvCacheType ?? (host.KvCacheType.Length > 0 ? host.KvCacheType : "f16"),
            BatchSize = settings.Batch ?? (embeds ? Math.Min(2048, context) : AutomaticBatch(context * slots)),
            GpuLayers = settings.GpuLayers ?? -1,
            MainGpu = settings.MainGpu,
            Threads = settings.Threads ?? 0,
            FlashAttention = host.FlashAttention,
            UseMmap = settings.UseMmap,
            Embeddings = embeds,
        };
        return DemandOf(profile, build);
    }

    /// <summary>The estimate that counts until the engine measured itself.</summary>
    private static EngineDemand DemandOf(LoadProfile profile, ModelBuild build)
    {
        var weights = build.AdapterPaths.Append(build.WeightsPath).Where(File.Exists).Sum(path => new FileInfo(path).Length);
        return new EngineDemand(LoadProfileDigest.Of(profile), profile.Weights, weights, ContextBytes(profile, build)) { Load = profile };
    }

    /// <summary>Keys and values of all layers for all cells, and half a megabyte a layer of compute buffers.</summary>
    private static long ContextBytes(LoadProfile profile, ModelBuild build)
    {
        if (build.Facts is not { BlockCount: > 0, EmbeddingLength: > 0 } facts || facts.HeadCounts.IsDefaultOrEmpty)
            return 256L << 20;
        var heads = Math.Max(1, facts.HeadCounts.Max());
        var keyValueHeads = facts.KeyValueHeadCounts.IsDefaultOrEmpty ? heads : Math.Max(1, facts.KeyValueHeadCounts.Max());
        var bytesPerCell = 2.0 * facts.BlockCount * keyValueHeads * (facts.EmbeddingLength / heads) * BytesPerElement(profile.KvCacheType);
        var compute = (long)profile.BatchSize * (facts.VocabularySize + 8 * facts.EmbeddingLength) * sizeof(float);
        return (long)(bytesPerCell * profile.ContextLength * profile.Slots) + compute + (facts.BlockCount << 19);
    }

    private static double BytesPerElement(string type) => type switch
    {
        "f32" => 4,
        "q8_0" => 34.0 / 32,
        "q4_0" => 18.0 / 32,
        "q4_1" => 20.0 / 32,
        "q5_0" => 22.0 / 32,
        "q5_1" => 24.0 / 32,
        _ => 2,
    };

    private static int AutomaticBatch(int engineContext) => engineContext switch
    {
        <= 4096 => 512,
        <= 32768 => 1024,
        _ => 2048,
    };
}

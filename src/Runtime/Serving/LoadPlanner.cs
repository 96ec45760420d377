using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Serving;

/// <summary>Load options of one request after all sources were merged; null means nobody said anything.</summary>
internal sealed record LoadSettings(
    int? Context = null, int? Batch = null, int? GpuLayers = null, int? MainGpu = null, bool? UseMmap = null, int? Threads = null,
    int? DraftTokens = null);

/// <summary>Turns a build and settings into the engine that serves it. Pure. Rules: spec/http-apis.md 5.5, modelfile-and-store.md 7.6.</summary>
internal static class LoadPlanner
{
    /// <summary>Slots of a completion model when nothing else is said.</summary>
    internal const int DefaultParallel = 4;

    /// <summary>Context when nothing else is said, on machines with little GPU memory.</summary>
    internal const int DefaultContext = 4096;

    /// <summary>Tokens that a draft model guesses at a time when nothing else is said.</summary>
    internal const int DefaultDraft = 4;

    private const int MostGuessed = 15;

    private const int LeastContext = 4;

    /// <summary>What a context is taken for when the weights do not tell their geometry.</summary>
    private const long UnknownContext = 256L << 20;

    /// <summary>Bytes that a load takes, or null when the weights do not tell their geometry. Layers on a GPU count when they were asked for.</summary>
    /// <exception cref="StoreException">See <see cref="Footprint.Of"/>.</exception>
    internal static Footprint? FootprintOf(LoadProfile profile, ModelBuild build)
    {
        if (build.Geometry is not { Layers.IsEmpty: false } geometry)
            return null;
        var footprint = Footprint.Of(geometry, SettingsOf(profile)).Plus(build.BesideBytes);
        var aside = EngineMemory.PrefixBytes(profile, footprint.KeyValueCache);
        return footprint with { Main = footprint.Main with { KeyValueCache = footprint.Main.KeyValueCache + aside } };
    }

    /// <summary>What of a load matters to memory.</summary>
    internal static FootprintSettings SettingsOf(LoadProfile profile) => new()
    {
        ContextLength = profile.ContextLength,
        Slots = profile.Slots,
        KvCacheType = profile.KvCacheType,
        BatchSize = profile.BatchSize,
        GpuLayers = Math.Max(0, profile.GpuLayers),
        FlashAttention = profile.FlashAttention ?? true,
        Repacking = Repacking.OfThisProcessor,
        IsMapped = profile.UseMmap ?? true,
        Embeddings = profile.Embeddings,
    };

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
        var drafts = embeds || build.DraftPath is null
            ? 0
            : Math.Clamp(policy?.Runtime.DraftTokens ?? settings.DraftTokens ?? DefaultDraft, 0, MostGuessed);
        var profile = new LoadProfile
        {
            Weights = build.WeightsPath,
            Adapters = [.. build.AdapterPaths.Select(path => new AdapterSpec(path))],
            Draft = drafts > 0 ? build.DraftPath : null,
            DraftTokens = drafts,
            LookupTokens = embeds ? 0 : policy?.Runtime.LookupTokens ?? 0,
            PrefixTokens = embeds ? 0 : policy?.Runtime.PrefixTokens ?? 0,
            ContextLength = context,
            Slots = slots,
            KvCacheType = policy?.Runtime.KvCacheType ?? (host.KvCacheType.Length > 0 ? host.KvCacheType : "f16"),
            BatchSize = settings.Batch ?? (embeds ? Math.Min(2048, context) : AutomaticBatch(context * slots)),
            GpuLayers = settings.GpuLayers ?? -1,
            MainGpu = settings.MainGpu,
            Threads = settings.Threads ?? 0,
            FlashAttention = host.FlashAttention,
            UseMmap = settings.UseMmap,
            HeadWidth = !embeds && build.Geometry is { Heads: > 0 } geometry ? (int)(geometry.QueryWidth / geometry.Heads) : 0,
            Embeddings = embeds,
        };
        return DemandOf(profile, build);
    }

    /// <summary>The estimate that counts until the engine measured itself.</summary>
    private static EngineDemand DemandOf(LoadProfile profile, ModelBuild build)
    {
        var need = NeedOf(profile, build);
        return new EngineDemand(LoadProfileDigest.Of(profile), profile.Weights, need.Weights, need.KeyValueCache + need.Compute + DraftNeedOf(profile, build))
        {
            Load = profile,
        };
    }

    /// <summary>A draft is loaded whole beside each engine that uses it.</summary>
    private static long DraftNeedOf(LoadProfile profile, ModelBuild build) => profile.Draft is null ? 0
        : NeedOf(profile with { Weights = profile.Draft, Slots = 1, PrefixTokens = 0 }, build with { Geometry = build.DraftGeometry, WeightsPath = profile.Draft, AdapterPaths = [], BesideBytes = 0 }).Total;

    private static Footprint NeedOf(LoadProfile profile, ModelBuild build)
    {
        try
        {
            if (FootprintOf(profile, build) is { } footprint)
                return footprint;
        }
        catch (StoreException error) when (error.Status >= 500)
        {
            // No machine has so much: admission says so.
            return new Footprint(new FootprintShare(0, 0, long.MaxValue / 4), new FootprintShare(0, 0, 0), 0);
        }
        catch (StoreException)
        {
            // A setting that the engine does not know: it says so itself when it loads.
        }

        var weights = build.AdapterPaths.Append(build.WeightsPath).Where(File.Exists).Sum(path => new FileInfo(path).Length);
        return new Footprint(new FootprintShare(weights, 0, UnknownContext), new FootprintShare(0, 0, 0), 0);
    }

    private static int AutomaticBatch(int engineContext) => engineContext switch
    {
        <= 4096 => 512,
        <= 32768 => 1024,
        _ => 2048,
    };
}

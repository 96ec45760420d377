using System.Collections.Immutable;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Settings;

/// <summary>
/// Turns a build and settings into the engine that serves it. Pure. Rules: spec/http-apis.md 5.5, modelfile-and-store.md 7.6.
/// </summary>
internal static class LoadPlanner
{
    /// <summary>Slots of a completion model when nothing else is said.</summary>
    internal const int DefaultParallel = 4;

    /// <summary>Context when nothing else is said, on machines with little GPU memory.</summary>
    internal const int DefaultContext = 4096;

    /// <summary>Tokens that a draft model guesses at a time when nothing else is said.</summary>
    internal const int DefaultDraft = 4;

    /// <summary>Sequences that the engine's cache can tell apart.</summary>
    internal const int MostSlots = 256;

    private const int MostGuessed = 15;

    private const int LeastContext = 4;

    /// <summary>
    /// Where the weights do not say what they were trained with. With any number of slots it is a number that the engine can count to.
    /// </summary>
    private const int MostContext = int.MaxValue / MostSlots;

    /// <summary>The engine knows no model with more.</summary>
    private const int MostLayers = 512;

    /// <summary>The bytes assumed for a context when the weights do not state their geometry.</summary>
    private const long UnknownContext = 256L << 20;

    /// <summary>
    /// Bytes that a load takes, or null when the weights do not state their geometry. Layers on a GPU count when they were asked for.
    /// </summary>
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
        Repacking = profile.UsesTiles ? Repacking.Tiles : Repacking.OfThisProcessor,
        IsMapped = profile.UseMmap ?? true,
        Embeddings = profile.Embeddings,
    };

    /// <summary>Fixes every number of the load, each within what the model, the engine and the machine have.</summary>
    /// <remarks>Where no setting says how many slots there are, their number is halved until the load fits the memory that engines may
    /// hold.</remarks>
    internal static EngineDemand Plan(ModelBuild build, ModelPolicy? policy, LoadSettings settings, HostOptions host)
    {
        var slots = build.Facts?.PoolingType is not null ? 1 : policy?.Runtime.Parallel ?? (host.Parallel > 0 ? host.Parallel : 0);
        if (slots > 0)
            return Plan(build, policy, settings, host, Math.Min(slots, MostSlots));
        for (slots = DefaultParallel; ; slots /= 2)
        {
            var demand = Plan(build, policy, settings, host, slots);
            if (slots == 1 || host.MemoryBudget <= 0 || demand.WeightsBytes + demand.ContextBytes <= host.MemoryBudget)
                return demand;
        }
    }

    /// <summary>Names of the settings that had to be cut to what there is.</summary>
    internal static IEnumerable<string> Cut(LoadSettings asked, ModelPolicy? policy, LoadProfile planned)
    {
        if (policy?.Runtime.Context is null && asked.Context is { } context && context != planned.ContextLength)
            yield return "num_ctx";
        if (asked.Batch is { } batch && batch != planned.BatchSize)
            yield return "num_batch";
        if (asked.GpuLayers is >= 0 and { } layers && layers != planned.GpuLayers)
            yield return "num_gpu";
        if (asked.Threads is { } threads && threads != planned.Threads)
            yield return "num_thread";
        if (policy?.Runtime.DraftTokens is null
            && planned.Draft is not null
            && asked.DraftTokens is { } guesses
            && guesses != planned.DraftTokens)
            yield return "draft_num_predict";
    }

    private static EngineDemand Plan(ModelBuild build, ModelPolicy? policy, LoadSettings settings, HostOptions host, int slots)
    {
        var facts = build.Facts;
        var embeds = facts?.PoolingType is not null;
        var context = policy?.Runtime.Context ?? settings.Context ?? (host.ContextLength > 0 ? host.ContextLength : DefaultContext);
        context = Math.Max(context, facts?.HasVision == true ? 2048 : LeastContext);
        context = (int)Math.Min(context, facts?.ContextLength is > 0 and < MostContext and var trained ? trained : MostContext);
        var batch = embeds ? Math.Min(2048, context) : AutomaticBatch(context * slots);
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
            PrefixTokens = embeds ? 0 : policy?.Runtime.PrefixTokens ?? LoadProfile.AsLent,
            ContextLength = context,
            Slots = slots,
            KvCacheType = policy?.Runtime.KvCacheType ?? (host.KvCacheType.Length > 0 ? host.KvCacheType : "f16"),
            BatchSize = settings.Batch is > 0 and var asked ? Math.Min(asked, Math.Max(batch, context * slots)) : batch,
            GpuLayers = Math.Clamp(
                settings.GpuLayers ?? -1, -1, build.Geometry is { Layers.IsEmpty: false } known ? known.Layers.Length + 1 : MostLayers),
            MainGpu = settings.MainGpu,
            Threads = Math.Clamp(settings.Threads ?? 0, 0, host.Processors > 0 ? host.Processors : int.MaxValue),
            FlashAttention = host.FlashAttention,
            UseMmap = settings.UseMmap,
            HeadWidth = embeds ? 0 : build.Geometry?.HeadWidth ?? 0,
            Architectures = ArchitecturesOf(build, drafts > 0),
            Embeddings = embeds,
        };
        return DemandOf(WithTiles(profile, build, host), build);
    }

    private static ImmutableArray<string> ArchitecturesOf(ModelBuild build, bool withDraft)
    {
        var draft = withDraft ? (string?)build.Config.Draft?["architecture"] : null;
        return [.. ((string?[])[build.Facts?.Architecture, draft]).Where(name => name is { Length: > 0 }).OfType<string>().Distinct()];
    }

    /// <summary>Tiles are used where even the copy of the matrices leaves half of the memory to others.</summary>
    private static LoadProfile WithTiles(LoadProfile profile, ModelBuild build, HostOptions host)
    {
        if (!host.UsesTiles || !CpuVariants.SuitTiles(profile.HeadWidth))
            return profile;
        var tiled = profile with { UsesTiles = true };
        return host.MemoryBudget <= 0 || NeedOf(tiled, build).Total <= host.MemoryBudget / 2 ? tiled : profile;
    }

    /// <summary>The estimate that counts until the engine measured itself.</summary>
    private static EngineDemand DemandOf(LoadProfile profile, ModelBuild build)
    {
        var need = NeedOf(profile, build);
        return new EngineDemand(
            LoadProfileDigest.Of(profile), profile.Weights, need.Weights, need.KeyValueCache + need.Compute + DraftNeedOf(profile, build))
        {
            Load = profile,
        };
    }

    /// <summary>A draft is loaded whole beside each engine that uses it.</summary>
    private static long DraftNeedOf(LoadProfile profile, ModelBuild build) => profile.Draft is null ? 0
        : NeedOf(
            profile with { Weights = profile.Draft, Slots = 1, PrefixTokens = 0 },
            build with { Geometry = build.DraftGeometry, WeightsPath = profile.Draft, AdapterPaths = [], BesideBytes = 0 }).Total;

    private static Footprint NeedOf(LoadProfile profile, ModelBuild build)
    {
        try
        {
            if (FootprintOf(profile, build) is { } footprint)
                return footprint;
        }
        catch (StoreException error) when (error.Failure is StoreFailure.TooLarge)
        {
            // No machine has that much memory: admission refuses it.
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

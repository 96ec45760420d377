using ModelOps.Cli.Client;
using ModelOps.Cli.Hosting;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Registry;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Workers;

namespace ModelOps.Cli.Commands;

/// <summary>
/// Create, pull and push directly in the folder of a store. Servers that use the folder see the result only when it is complete.
/// </summary>
internal static class LocalWork
{
    /// <summary>Builds a model.</summary>
    internal static async Task CreateAsync(
        CliContext context, LocalStore store, CreateInputs inputs, CreateRequest settings, bool link, ProgressDisplay display,
        CancellationToken cancellationToken)
    {
        using var registry = Registry(context, store);
        using var held = store.HoldBlobs();
        var prepared = await new ModelfileBuild(store).PrepareAsync(settings.Name, inputs, link, display.Show, cancellationToken);
        var quantizer = new WorkerQuantizer(Worker(context), context.Time);
        await new ModelBuilder(store, registry, quantizer).CreateAsync(
            prepared with { Quantize = settings.Quantize, DraftQuantize = settings.DraftQuantize }, display.Show, cancellationToken);
    }

    /// <summary>Asks the engine of this program.</summary>
    internal static IComputeProbe Probe(CliContext context) => new WorkerComputeProbe(Worker(context), context.Time);

    /// <summary>Fetches or sends a model.</summary>
    internal static async Task TransferAsync(
        CliContext context, LocalStore store, bool push, string text, bool insecure, ProgressDisplay display,
        CancellationToken cancellationToken)
    {
        if (!ModelName.TryParse(text, out var parsed))
            throw new CliException(ExitCode.Failed, "invalid model name");
        using var registry = Registry(context, store);
        var name = store.Canonicalise(parsed);
        await (push
            ? registry.PushAsync(name, insecure, display.Show, cancellationToken)
            : registry.PullAsync(name, insecure, display.Show, cancellationToken));
    }

    private static RegistryClient Registry(CliContext context, LocalStore store) => MachineRegistry.Create(
        context,
        new ServeOptions
        {
            Listen = ServerAddress.Parse(null),
            Home = StateFolder.Of(context),
            Host = Host(context),
            Bandwidth = context.Environment("MODELOPS_BANDWIDTH") ?? "",
            Mirrors = context.Environment("MODELOPS_MIRRORS") ?? "",
        },
        store);

    /// <summary>How workers of this program are started.</summary>
    /// <exception cref="EngineUnavailableException">The engine is missing, or the variant that is asked for.</exception>
    internal static WorkerOptions Worker(CliContext context)
    {
        var engine = Engine(context);
        EngineLibrary.Check(engine);
        return WorkerProgram.OfThisProcess(engine);
    }

    /// <summary>What engines get to know of this machine.</summary>
    private static EngineOptions Engine(CliContext context) => new()
    {
        NativeFolder = NativeFolder(context),
        CpuVariant = CpuVariant(context),
        Processors = Environment.ProcessorCount,
    };

    /// <summary>What memory a load takes here, without a bound.</summary>
    internal static HostOptions Host(CliContext context) => new HostEnvironment(context.Environment).HostOptions(0) with
    {
        UsesTiles = EngineLibrary.MayUseTiles(NativeFolder(context), CpuVariant(context)),
    };

    /// <summary>Variant of them that a variable names, or null.</summary>
    private static string? CpuVariant(CliContext context) => new HostEnvironment(context.Environment).CpuVariant();

    /// <summary>Folder of native libraries that a variable names, or null.</summary>
    internal static string? NativeFolder(CliContext context) =>
        context.Environment("MODELOPS_LLAMA_DIR") is { Length: > 0 } folder ? context.FullPath(folder) : null;
}

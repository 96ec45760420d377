using ModelOps.ModelStore;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Variants;

namespace ModelOps.Runtime.Workers;

/// <summary>Which native libraries each worker gets: a process of its own can have others than its neighbours.</summary>
internal static class WorkerNatives
{
    /// <summary>What is known of the machine's variants.</summary>
    internal static VariantAdvice Advice(WorkerOptions options, VariantMemory? memory) => new(memory, options.Processors);

    /// <summary>Judgements that are kept; null where a setting names a variant, or there is no file for them.</summary>
    internal static VariantMemory? Memory(WorkerOptions options) =>
        options is { VariantFile: { } file, CpuVariant: null } ? new VariantMemory(file) : null;

    /// <summary>Options of a worker that reads a file, with the libraries that would host it.</summary>
    /// <param name="options">How workers are started.</param>
    /// <param name="profile">Weights and settings; its architectures and head are read from the file.</param>
    /// <exception cref="EngineFailedException">There are none that know its architecture.</exception>
    /// <exception cref="EngineUnavailableException">There are none at all.</exception>
    internal static WorkerOptions ForFile(WorkerOptions options, LoadProfile profile)
    {
        try
        {
            var file = GgufFile.Read(profile.Weights);
            profile = profile with { Architectures = [file.Architecture], HeadWidth = ModelGeometry.Of(file).HeadWidth };
        }
        catch (StoreException)
        {
            // The worker says what is wrong with it.
        }

        return options.On(Advice(options, Memory(options)).Choose(EngineSources.Find(options.NativeFolder), profile));
    }

    /// <summary>The same with these libraries.</summary>
    internal static WorkerOptions On(this WorkerOptions options, EngineChoice choice) =>
        options with { NativeFolder = choice.Source.Folder, CpuVariant = choice.Variant ?? options.CpuVariant };
}

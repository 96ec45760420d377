using ModelOps.ModelStore;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Workers;

/// <summary>Which native libraries each worker gets: a process of its own can have others than its neighbours.</summary>
internal static class WorkerNatives
{
    /// <summary>Libraries that know all of a model's architectures, and suit it and the processor.</summary>
    /// <exception cref="EngineFailedException">There are none that do.</exception>
    /// <exception cref="EngineUnavailableException">There are none at all.</exception>
    internal static EngineChoice For(WorkerOptions options, EngineNeeds needs) =>
        EngineSources.Find(options.NativeFolder).Choose(needs);

    /// <summary>Options of a worker that reads a file, with the libraries that know its architecture.</summary>
    /// <param name="options">How workers are started.</param>
    /// <param name="weights">The file.</param>
    /// <param name="usesTiles">As <see cref="LoadProfile.UsesTiles"/>.</param>
    /// <exception cref="EngineFailedException">There are none that do.</exception>
    /// <exception cref="EngineUnavailableException">There are none at all.</exception>
    internal static WorkerOptions ForFile(WorkerOptions options, string weights, bool usesTiles = false)
    {
        EngineNeeds needs;
        try
        {
            var file = GgufFile.Read(weights);
            needs = new EngineNeeds([file.Architecture], ModelGeometry.Of(file).HeadWidth, usesTiles);
        }
        catch (StoreException)
        {
            // The worker says what is wrong with it.
            needs = EngineNeeds.Unknown;
        }

        return options.On(For(options, needs));
    }

    /// <summary>The same with these libraries.</summary>
    internal static WorkerOptions On(this WorkerOptions options, EngineChoice choice) =>
        options with { NativeFolder = choice.Source.Folder };
}

using System.Collections.Immutable;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Workers;

/// <summary>Which native libraries each worker gets: a process of its own can have others than its neighbours.</summary>
internal static class WorkerNatives
{
    /// <summary>Libraries that know all of a model's architectures.</summary>
    /// <exception cref="EngineFailedException">There are none that do.</exception>
    /// <exception cref="EngineUnavailableException">There are none at all.</exception>
    internal static EngineChoice For(WorkerOptions options, ImmutableArray<string> architectures) =>
        EngineSources.Find(options.NativeFolder).Choose(architectures);

    /// <summary>Options of a worker that reads a file, with the libraries that know its architecture.</summary>
    /// <exception cref="EngineFailedException">There are none that do.</exception>
    /// <exception cref="EngineUnavailableException">There are none at all.</exception>
    internal static WorkerOptions ForFile(WorkerOptions options, string weights)
    {
        ImmutableArray<string> architectures;
        try
        {
            architectures = [GgufFile.Read(weights).Architecture];
        }
        catch (StoreException)
        {
            // The worker says what is wrong with it.
            architectures = [];
        }

        return options.On(For(options, architectures));
    }

    /// <summary>The same with these libraries.</summary>
    internal static WorkerOptions On(this WorkerOptions options, EngineChoice choice) =>
        options with { NativeFolder = choice.Source.Folder };
}

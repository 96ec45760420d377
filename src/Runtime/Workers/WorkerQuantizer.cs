using ModelOps.ModelStore.Building;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>Packs weights in a worker of their own, which is ended when the caller gives up: the engine cannot be asked to stop.</summary>
public sealed class WorkerQuantizer(WorkerOptions options, TimeProvider time) : IQuantizer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Types => QuantizableTypes.Numbers.Keys;

    /// <inheritdoc/>
    /// <exception cref="EngineFailedException">
    /// The engine refused the source, does not know its architecture, could not write the target, or died.
    /// </exception>
    public async Task QuantizeAsync(string source, string target, string type, Action<long> completed, CancellationToken cancellationToken)
    {
        var size = new FileInfo(source).Length;
        var natives = WorkerNatives.ForFile(options, new LoadProfile { Weights = source, ContextLength = 0 });
        await using var worker = await Worker.StartAsync(natives, time, cancellationToken);
        await worker.QuantizeAsync(source, target, QuantizableTypes.Numbers[type], new ByteProgress(size, completed), cancellationToken);
    }

    private sealed class ByteProgress(long size, Action<long> completed) : IProgress<float>
    {
        public void Report(float value) => completed((long)(value * (double)size));
    }
}

namespace ModelOps.ModelStore.Footprints;

/// <summary>Asks the engine what its computation would take, without loading any weights. Implemented where the engine is.</summary>
public interface IComputeProbe
{
    /// <summary>The compute buffers of a load with these settings.</summary>
    /// <param name="weights">Path of a GGUF file.</param>
    /// <param name="settings">How it would be loaded.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">The engine cannot measure: it is missing, or refuses the file or the settings.</exception>
    Task<ComputeBytes> MeasureAsync(string weights, FootprintSettings settings, CancellationToken cancellationToken);
}

/// <summary>Bytes of compute buffers.</summary>
/// <param name="Main">In main memory.</param>
/// <param name="Gpu">On GPUs, all together.</param>
public sealed record ComputeBytes(long Main, long Gpu);

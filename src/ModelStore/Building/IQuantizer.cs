namespace ModelOps.ModelStore.Building;

/// <summary>Packs weights into a smaller type. Implemented where the engine is.</summary>
public interface IQuantizer
{
    /// <summary>Names of the types it can make, upper case.</summary>
    IReadOnlyCollection<string> Types { get; }

    /// <summary>Writes a new GGUF file; the target is not there yet and is complete when this returns.</summary>
    /// <param name="source">Path of a GGUF file in F16, BF16 or F32.</param>
    /// <param name="target">Path to write.</param>
    /// <param name="type">One of <see cref="Types"/>.</param>
    /// <param name="completed">Receives how many bytes of the source are done.</param>
    /// <param name="cancellationToken">Gives up; the caller removes what is there of the target.</param>
    Task QuantizeAsync(string source, string target, string type, Action<long> completed, CancellationToken cancellationToken);
}

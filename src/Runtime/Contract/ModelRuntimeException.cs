using ModelOps.ModelStore.Names;

namespace ModelOps.Runtime.Contract;

/// <summary>The runtime could not do what was asked of one model.</summary>
public sealed class ModelRuntimeException(ModelName model, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The model it is about.</summary>
    public ModelName Model { get; } = model;
}

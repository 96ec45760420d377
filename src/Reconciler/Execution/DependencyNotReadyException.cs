namespace ModelOps.Reconciler.Execution;

/// <summary>A model of the set that another one is built from does not serve its own new build yet.</summary>
internal sealed class DependencyNotReadyException(string message) : Exception(message);

namespace ModelOps.Reconciler.State;

/// <summary>Another home that shares the store, and runs, has the name.</summary>
internal sealed class NameTakenException(string message) : Exception(message);

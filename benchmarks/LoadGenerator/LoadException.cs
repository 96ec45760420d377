namespace ModelOps.LoadGenerator;

/// <summary>A measurement cannot go on: a server failed, or its answer is not the one asked for.</summary>
internal sealed class LoadException(string message) : Exception(message);

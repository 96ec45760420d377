namespace ModelOps.Runtime.Engines;

/// <summary>An engine could not be loaded, or died.</summary>
public sealed class EngineFailedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Its process ended; an engine that only says no leaves it alive.</summary>
    public bool WorkerDied { get; init; }
}

/// <summary>One request cannot be served by this engine; the engine goes on.</summary>
public sealed class EngineRequestException(string message) : Exception(message);

/// <summary>The native engine is missing or of another version; the message says what was looked for and what to do.</summary>
public sealed class EngineUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

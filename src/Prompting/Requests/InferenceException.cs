using ModelOps.Prompting.Events;

namespace ModelOps.Prompting.Requests;

/// <summary>A request was refused or failed.</summary>
/// <param name="status">HTTP status of the reference for it.</param>
/// <param name="message">The reference's exact text.</param>
/// <param name="inner">Cause, if any.</param>
public sealed class InferenceException(int status, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>
    /// The reference finds this out only after it has begun a stream (the engine refused, the prompt is too long, <c>format</c> is bad);
    /// an error after <see cref="InferenceEvent.Admitted"/> counts as such anyway. Decides the charset of the reply, nothing else.
    /// </summary>
    public bool InStream { get; init; }

    /// <summary>For 503: when to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

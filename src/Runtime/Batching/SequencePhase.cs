namespace ModelOps.Runtime.Batching;

/// <summary>Where a sequence stands.</summary>
internal enum SequencePhase
{
    /// <summary>No slot yet.</summary>
    Waiting,

    /// <summary>Another sequence computes a prefix that it will share.</summary>
    AwaitingPrefix,

    /// <summary>Its prompt is being computed.</summary>
    Prefill,

    /// <summary>One token a step.</summary>
    Decode,

    /// <summary>Over.</summary>
    Ended,
}

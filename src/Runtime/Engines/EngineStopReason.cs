namespace ModelOps.Runtime.Engines;

/// <summary>Why a sequence ended.</summary>
public enum EngineStopReason
{
    /// <summary>An end-of-turn token or a stop text.</summary>
    Stop,

    /// <summary>The token limit, a full context without shift, or endless repetition.</summary>
    Length,
}

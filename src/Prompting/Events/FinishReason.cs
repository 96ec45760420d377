namespace ModelOps.Prompting.Events;

/// <summary>Why an answer ended: the reference's <c>done_reason</c>.</summary>
public enum FinishReason
{
    Stop,
    Length,
    Load,
    Unload,
}

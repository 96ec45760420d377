namespace ModelOps.Prompting.Requests;

/// <summary>A request was refused or failed.</summary>
/// <param name="refusal">What happened.</param>
/// <param name="inner">Cause, if any.</param>
public sealed class InferenceException(InferenceRefusal refusal, Exception? inner = null) : Exception(refusal.Message, inner)
{
    /// <summary>What happened.</summary>
    public InferenceRefusal Refusal { get; } = refusal;
}

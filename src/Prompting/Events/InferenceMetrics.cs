namespace ModelOps.Prompting.Events;

/// <summary>Counts and times of one answer.</summary>
public sealed record InferenceMetrics(
    TimeSpan Total, TimeSpan Load, int PromptTokens, int CachedTokens, TimeSpan PromptTime, int GeneratedTokens, TimeSpan GenerationTime)
{
    /// <summary>Nothing was done.</summary>
    public static InferenceMetrics None { get; } = new(default, default, 0, 0, default, 0, default);
}

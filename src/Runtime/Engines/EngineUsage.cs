namespace ModelOps.Runtime.Engines;

/// <summary>Counts and times of one sequence.</summary>
/// <param name="PromptTokens">Tokens of the prompt, cached ones included.</param>
/// <param name="CachedTokens">Of them, taken from a cached prefix.</param>
/// <param name="GeneratedTokens">Tokens generated, the ending one included.</param>
/// <param name="PromptTime">From admission to the first token.</param>
/// <param name="GenerationTime">From the end of the prompt to the last token.</param>
public sealed record EngineUsage(int PromptTokens, int CachedTokens, int GeneratedTokens, TimeSpan PromptTime, TimeSpan GenerationTime);

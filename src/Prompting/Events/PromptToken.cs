namespace ModelOps.Prompting.Events;

/// <summary>A token that lies within the prompt that was sent.</summary>
/// <param name="Token">How likely it was behind all that is before it, the template's text included; 0 where nothing is before it.</param>
/// <param name="Offset">Characters (code points) of the prompt that was sent before the one that the token begins in.</param>
public sealed record PromptToken(TokenLogprob Token, int Offset);

using System.Collections.Immutable;

namespace ModelOps.Prompting.Events;

/// <summary>Natural logarithm of a token's probability under the unmodified distribution.</summary>
/// <param name="Token">Token number.</param>
/// <param name="Text">The token as UTF-8 bytes; may be half a character.</param>
/// <param name="Logprob">Natural logarithm, at most 0.</param>
/// <param name="Top">The most likely tokens at this place, best first.</param>
public sealed record TokenLogprob(int Token, ImmutableArray<byte> Text, float Logprob, ImmutableArray<TokenLogprob> Top);

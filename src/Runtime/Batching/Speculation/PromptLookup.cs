namespace ModelOps.Runtime.Batching.Speculation;

/// <summary>
/// Guesses that a text goes on as it did after the last place where it had the same few tokens: quotations, lists, code that is edited.
/// </summary>
/// <remarks>Keeps one place for each run of tokens and reads every token of a text once.</remarks>
internal sealed class PromptLookup : IGuesser
{
    /// <summary>Tokens that must be the same. With two, most matches are chance.</summary>
    private const int RunLength = 3;

    /// <summary>Bits of a token in a key: three fill a number, and no vocabulary has two million tokens.</summary>
    private const int TokenBits = 21;

    private readonly Dictionary<long, int> _placeAfter = [];
    private int _read;

    /// <inheritdoc/>
    public void Guess(ReadOnlySpan<int> tokens, int most, List<int> guess)
    {
        Read(tokens);
        if (tokens.Length <= RunLength || !_placeAfter.TryGetValue(KeyBefore(tokens, tokens.Length), out var place))
            return;

        // At the end of the text the guess continues from its own beginning, so that one period of a repetition is enough.
        for (var at = place; at < place + most; at++)
            guess.Add(at < tokens.Length ? tokens[at] : guess[at - tokens.Length]);
    }

    /// <inheritdoc/>
    public void Forget()
    {
        _placeAfter.Clear();
        _read = 0;
    }

    private void Read(ReadOnlySpan<int> tokens)
    {
        if (tokens.Length < _read)
            Forget();

        // The run at the very end is not taken: nothing follows it yet, and it would only find itself.
        for (var place = Math.Max(_read, RunLength); place < tokens.Length; place++)
            _placeAfter[KeyBefore(tokens, place)] = place;

        _read = tokens.Length;
    }

    private static long KeyBefore(ReadOnlySpan<int> tokens, int place) =>
        ((long)tokens[place - 3] << (2 * TokenBits)) | ((long)tokens[place - 2] << TokenBits) | (uint)tokens[place - 1];
}

namespace ModelOps.Runtime.Batching.Speculation;

/// <summary>Says what a sequence may say next, at less cost than its model. A wrong guess costs time and nothing else.</summary>
internal interface IGuesser
{
    /// <summary>
    /// Appends up to <paramref name="most"/> tokens that may follow <paramref name="tokens"/>; none when it knows nothing.
    /// </summary>
    void Guess(ReadOnlySpan<int> tokens, int most, List<int> guess);

    /// <summary>The next text is another one, or the same with a part taken out.</summary>
    void Forget();
}

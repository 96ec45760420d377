namespace ModelOps.Runtime.Batching;

/// <summary>Notices that a model says the same token for ever.</summary>
internal sealed class RepetitionGuard
{
    private const int MaxRepetitions = 30;

    private byte[] _last = [];
    private int _repetitions;

    /// <summary>
    /// True when the piece is one too many of those that are the same but for white space. It must not change afterwards.
    /// </summary>
    internal bool Repeats(byte[] piece)
    {
        if (Bare(piece).SequenceEqual(Bare(_last)))
            return ++_repetitions > MaxRepetitions;

        (_last, _repetitions) = (piece, 0);
        return false;
    }

    private static ReadOnlySpan<byte> Bare(byte[] piece) => piece.AsSpan().Trim(" \n\r\t"u8);
}

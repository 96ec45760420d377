using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelOps.Runtime.Native;

/// <summary>Tokens of one set of weights. Safe to use from many threads, as long as the weights live.</summary>
internal sealed unsafe class Vocabulary
{
    private const int MostPadding = 128;

    /// <summary>A token without text.</summary>
    internal const short NoByte = -1;

    /// <summary>A token that ends a turn, whatever its text.</summary>
    internal const short EndsTurn = -2;

    private readonly WeightsHandle _weights;
    private readonly VocabularyPointer _vocabulary;
    private readonly byte[]?[] _pieces;
    private readonly Lazy<short[]> _firstBytes;

    internal Vocabulary(WeightsHandle weights)
    {
        _weights = weights;
        _vocabulary = LlamaNative.llama_model_get_vocab(weights);
        Size = LlamaNative.llama_vocab_n_tokens(_vocabulary);
        AddsBos = LlamaNative.llama_vocab_get_add_bos(_vocabulary) != 0;
        Bos = LlamaNative.llama_vocab_bos(_vocabulary);
        Eos = LlamaNative.llama_vocab_eos(_vocabulary);
        _pieces = new byte[Size][];
        _firstBytes = new Lazy<short[]>(() => [.. Enumerable.Range(0, Size).Select(FirstByteOf)]);
    }

    internal int Size { get; }

    internal bool AddsBos { get; }

    internal int Bos { get; }

    internal int Eos { get; }

    /// <summary>The native vocabulary, for samplers.</summary>
    internal VocabularyPointer Native => _vocabulary;

    /// <summary>What its tokenizer puts around two texts that are read together: before, between and after them.</summary>
    internal (ImmutableArray<int> Before, ImmutableArray<int> Between, ImmutableArray<int> After) AroundTwo()
    {
        var separator = LlamaNative.llama_vocab_sep(_vocabulary);
        var end = Eos >= 0 ? Eos : separator;
        ImmutableArray<int> Some(bool wanted, int token) => wanted && token >= 0 ? [token] : [];
        var after = Some(LlamaNative.llama_vocab_get_add_eos(_vocabulary) != 0, end);
        return (Some(AddsBos, Bos), [.. after, .. Some(LlamaNative.llama_vocab_get_add_sep(_vocabulary) != 0, separator)], after);
    }

    internal string TextOf(int token) =>
        token < 0 ? "" : Marshal.PtrToStringUTF8((nint)LlamaNative.llama_vocab_get_text(_vocabulary, token)) ?? "";

    /// <summary>The token ends a turn.</summary>
    internal bool IsEnd(int token) => LlamaNative.llama_vocab_is_eog(_vocabulary, token) != 0;

    /// <summary>Bytes of a token, control tokens as their text. The array is shared; do not write to it.</summary>
    internal byte[] PieceOf(int token) => _pieces[token] ?? (_pieces[token] = ReadPiece(token));

    /// <summary>
    /// The byte that each token begins with; <see cref="NoByte"/> for one that is empty, <see cref="EndsTurn"/> for one that ends a turn.
    /// </summary>
    internal ReadOnlySpan<short> FirstBytes => _firstBytes.Value;

    /// <summary>Tokens that the model's file says must never be sampled.</summary>
    internal ReadOnlySpan<int> Suppressed()
    {
        var tokens = LlamaNative.llama_vocab_get_suppress_tokens(_vocabulary, out var count);
        return tokens == null ? [] : new ReadOnlySpan<int>(tokens, count);
    }

    internal ImmutableArray<int> Tokenize(string text, bool addSpecial, bool parseSpecial)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var tokens = new int[bytes.Length + 8];
        var count = Tokenize(bytes, tokens, addSpecial, parseSpecial);
        if (count < 0)
        {
            tokens = new int[-count];
            count = Tokenize(bytes, tokens, addSpecial, parseSpecial);
        }

        return [.. tokens.AsSpan(0, count)];
    }

    internal string Detokenize(ReadOnlySpan<int> tokens, bool special)
    {
        var bytes = new byte[(tokens.Length * 8) + 16];
        var count = Detokenize(tokens, bytes, special);
        if (count < 0)
        {
            bytes = new byte[-count];
            count = Detokenize(tokens, bytes, special);
        }

        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    /// <summary>The same numbers mean the same tokens; the longer of the two may have a few more, as padding often makes it.</summary>
    internal bool IsLike(Vocabulary other)
    {
        if (Math.Abs(Size - other.Size) > MostPadding)
            return false;

        for (var token = 0; token < Math.Min(Size, other.Size); token++)
        {
            if (!RawTextOf(token).SequenceEqual(other.RawTextOf(token)))
                return false;
        }

        return true;
    }

    /// <summary>Number of the token is one of this vocabulary's.</summary>
    internal bool Knows(int token) => (uint)token < (uint)Size;

    private int Tokenize(byte[] text, int[] tokens, bool addSpecial, bool parseSpecial)
    {
        fixed (byte* source = text)
        fixed (int* target = tokens)
        {
            // An empty array is pinned as null, which the engine does not expect.
            byte none = 0;
            var count = LlamaNative.llama_tokenize(
                _vocabulary, source == null ? &none : source, text.Length, target, tokens.Length, ToByte(addSpecial), ToByte(parseSpecial));
            GC.KeepAlive(_weights);
            return count;
        }
    }

    private int Detokenize(ReadOnlySpan<int> tokens, byte[] text, bool special)
    {
        fixed (int* source = tokens)
        fixed (byte* target = text)
        {
            return LlamaNative.llama_detokenize(_vocabulary, source, tokens.Length, target, text.Length, removeSpecial: 0, ToByte(special));
        }
    }

    private ReadOnlySpan<byte> RawTextOf(int token) =>
        MemoryMarshal.CreateReadOnlySpanFromNullTerminated(LlamaNative.llama_vocab_get_text(_vocabulary, token));

    private short FirstByteOf(int token) => IsEnd(token) ? EndsTurn : PieceOf(token) is [var first, ..] ? first : NoByte;

    private byte[] ReadPiece(int token)
    {
        Span<byte> buffer = stackalloc byte[128];
        fixed (byte* target = buffer)
        {
            var count = LlamaNative.llama_token_to_piece(_vocabulary, token, target, buffer.Length, 0, special: 1);
            if (count >= 0)
                return buffer[..count].ToArray();

            var large = new byte[-count];
            fixed (byte* all = large)
                _ = LlamaNative.llama_token_to_piece(_vocabulary, token, all, large.Length, 0, special: 1);

            return large;
        }
    }

    private static byte ToByte(bool value) => value ? (byte)1 : (byte)0;
}

using System.Collections.Immutable;
using System.Text;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;

namespace ModelOps.Runtime.Answering;

/// <summary>Finds the tokens of a prompt in its text, and among them those that lie wholly within what the client sent.</summary>
/// <remarks>
/// A tokenizer may put a token before or behind the text, a space before a word, and drop white space beside control tokens. One that
/// changes the text otherwise is refused, since it is then unknown which token stands for which text.
/// </remarks>
internal sealed class PromptReader
{
    /// <summary>Stands for the client's prompt in a rendering that shows where that goes: characters that no text uses.</summary>
    internal const string Mark = "\uF8FE\uE0FF\uF8FD";

    private readonly byte[] _text;
    private readonly int _start;
    private readonly int _end;
    private int _at;
    private int _counted;
    private int _characters;
    private bool _hasBegun;

    private PromptReader(byte[] text, int start, int end)
    {
        (_text, _start, _end) = (text, start, end);
        _counted = start;
    }

    /// <summary>A reader of a rendered prompt.</summary>
    /// <param name="text">The prompt as rendered.</param>
    /// <param name="sent">What the client sent.</param>
    /// <param name="marked">The same rendering of <see cref="Mark"/>.</param>
    /// <exception cref="InferenceException">The rendering does not have what was sent once and as it was sent.</exception>
    internal static PromptReader Of(string text, string sent, string marked)
    {
        var start = marked.IndexOf(Mark, StringComparison.Ordinal);
        if (start < 0
            || !string.Equals(
                text, string.Concat(marked.AsSpan(0, start), sent, marked.AsSpan(start + Mark.Length)), StringComparison.Ordinal))
            throw new InferenceException(new InferenceRefusal.TemplateChangesPrompt());

        var begin = Encoding.UTF8.GetByteCount(text.AsSpan(0, start));
        return new PromptReader(Encoding.UTF8.GetBytes(text), begin, begin + Encoding.UTF8.GetByteCount(sent));
    }

    /// <summary>Takes the next tokens of the prompt.</summary>
    /// <returns>Those of them that lie within what was sent.</returns>
    /// <exception cref="InferenceException">The tokens are not those of the text.</exception>
    internal ImmutableArray<PromptToken> Read(ImmutableArray<TokenLogprob> tokens)
    {
        var within = ImmutableArray.CreateBuilder<PromptToken>(tokens.Length);
        foreach (var token in tokens)
        {
            var isFirst = !_hasBegun;
            _hasBegun = true;
            if (TryPlace(token.Text.AsSpan(), out var begin, out var end))
            {
                _at = end;
                if (begin >= _start && end <= _end)
                    within.Add(new PromptToken(token with { Text = [.. _text.AsSpan(begin..end)] }, OffsetOf(begin)));
            }
            else if (!isFirst && _at < _text.Length)
            {
                throw new InferenceException(new InferenceRefusal.TokenizerChangesPrompt());
            }
        }

        return within.DrainToImmutable();
    }

    private bool TryPlace(ReadOnlySpan<byte> piece, out int begin, out int end)
    {
        for (begin = _at; ; begin++)
        {
            var rest = _text.AsSpan(begin);
            end = begin + piece.Length;
            if (rest.StartsWith(piece))
                return true;
            end--;
            if (piece is [(byte)' ', .. var word] && rest.StartsWith(word))
                return true;
            if (rest is not [(byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n', ..])
                return false;
        }
    }

    /// <returns>Characters before a place; of one within a character, before that.</returns>
    private int OffsetOf(int place)
    {
        for (; _counted < place; _counted++)
        {
            if (!IsContinuation(_counted))
                _characters++;
        }

        return place < _end && IsContinuation(place) ? _characters - 1 : _characters;
    }

    private bool IsContinuation(int place) => (_text[place] & 0xC0) == 0x80;
}

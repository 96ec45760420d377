using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi;

/// <summary>
/// Log probabilities of one answer of <c>/v1/completions</c>: four lists side by side, of the tokens of the text in the reply. Offsets
/// count characters (code points) from the start of the choice's text.
/// </summary>
internal sealed class CompletionLogprobs
{
    private readonly List<TokenLogprob> _held = [];
    private readonly List<(TokenLogprob Token, int Offset, bool IsScored)> _ready = [];
    private int _offset;
    private bool _hasPrompt;

    /// <summary>The prompt: the answer's own offsets begin behind it.</summary>
    internal void Skip(string text) => _offset += text.EnumerateRunes().Count();

    /// <summary>Takes tokens of the prompt. The first has no probability, whatever a template puts before it.</summary>
    internal void Add(InferenceEvent.PromptTokens prompt)
    {
        foreach (var (token, offset) in prompt.Tokens)
        {
            _ready.Add((token, offset, _hasPrompt));
            _hasPrompt = true;
        }
    }

    /// <summary>
    /// Takes what came with a piece. Tokens without text are held until their text comes: thinking is left out, and so are its tokens.
    /// </summary>
    internal void Add(InferenceEvent.Delta delta)
    {
        if (!delta.Logprobs.IsDefaultOrEmpty)
            _held.AddRange(delta.Logprobs);
        if (delta.Content.Length > 0)
        {
            foreach (var token in _held)
                _ready.Add((token, Advance(token), IsScored: true));
        }

        if (delta.Content.Length > 0 || delta.Thinking.Length > 0)
            _held.Clear();
    }

    /// <summary>Writes what was not written yet.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("logprobs"u8);
        json.WriteStartArray("tokens"u8);
        foreach (var (token, _, _) in _ready)
            json.WriteStringValue(TextOf(token));
        json.WriteEndArray();
        json.WriteStartArray("token_logprobs"u8);
        foreach (var (token, _, isScored) in _ready)
        {
            if (isScored)
                json.WriteNumberValue(AnswerJson.Finite(token.Logprob));
            else
                json.WriteNullValue();
        }

        json.WriteEndArray();
        json.WriteStartArray("top_logprobs"u8);
        foreach (var (token, _, isScored) in _ready)
        {
            if (isScored)
                WriteTop(json, token);
            else
                json.WriteNullValue();
        }

        json.WriteEndArray();
        json.WriteStartArray("text_offset"u8);
        foreach (var (_, offset, _) in _ready)
            json.WriteNumberValue(offset);
        json.WriteEndArray();
        json.WriteEndObject();
        _ready.Clear();
    }

    /// <summary>The most likely tokens; the one that was chosen is always among them.</summary>
    private static void WriteTop(Utf8JsonWriter json, TokenLogprob chosen)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject();
        foreach (var token in chosen.Top.Any(token => token.Token == chosen.Token) ? chosen.Top : chosen.Top.Add(chosen))
        {
            // Two tokens may have the same text: only the likelier one is written.
            if (texts.Add(TextOf(token)))
                json.WriteNumber(TextOf(token), AnswerJson.Finite(token.Logprob));
        }

        json.WriteEndObject();
    }

    /// <summary>The token's text; bytes that are not valid UTF-8 by themselves are written in OpenAI's form.</summary>
    private static string TextOf(TokenLogprob token) => Utf8.IsValid(token.Text.AsSpan())
        ? Encoding.UTF8.GetString(token.Text.AsSpan())
        : "bytes:" + string.Concat(token.Text.Select(one => $"\\x{one:x2}"));

    /// <returns>Where the token begins; one that continues a character begins with that character.</returns>
    private int Advance(TokenLogprob token)
    {
        var continues = token.Text.Length > 0 && IsContinuation(token.Text[0]);
        var begin = continues ? Math.Max(_offset - 1, 0) : _offset;
        _offset += token.Text.Count(one => !IsContinuation(one));
        return begin;
    }

    private static bool IsContinuation(byte one) => (one & 0xC0) == 0x80;
}

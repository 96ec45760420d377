using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Answers;

/// <summary>Makes events of what a parser finds: content and thinking as they come, calls whole and numbered.</summary>
/// <param name="parser">Splits the text.</param>
/// <param name="isNative">Calls are sent together at the end, with identifiers of the engine's kind (spec/http-apis.md 5.1).</param>
/// <param name="said">What the answer begins with although the prompt has it: the text of a turn that is continued.</param>
public sealed class AnswerReader(IOutputParser parser, bool isNative, string said = "") : IAnswerReader
{
    private const string LettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string BothCases = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + LettersAndDigits;

    private readonly List<OutputPiece> _found = [];
    private readonly List<ToolCall> _late = [];
    private string _said = said;
    private int _calls;

    public IEnumerable<InferenceEvent> Read(string text, ImmutableArray<TokenLogprob> logprobs)
    {
        _found.Clear();
        parser.Read(_said + text, _found);
        _said = "";
        return Events(logprobs);
    }

    public IEnumerable<InferenceEvent> Finish(bool atLimit)
    {
        _found.Clear();
        if (_said.Length > 0)
            parser.Read(_said, _found);
        _said = "";
        parser.Finish(atLimit, _found);
        foreach (var item in Events([]))
            yield return item;
        if (_late.Count > 0)
            yield return new InferenceEvent.ToolCalls([.. _late]) { OnLastLine = true };
    }

    /// <summary>One delta for the texts, then the calls. Probabilities come with the first of them, so that they are sent once.</summary>
    private IEnumerable<InferenceEvent> Events(ImmutableArray<TokenLogprob> logprobs)
    {
        var (content, thinking) = (Join<OutputPiece.Content>(piece => piece.Text), Join<OutputPiece.Thinking>(piece => piece.Text));
        var calls = _found.OfType<OutputPiece.Call>().Select(Number).ToList();
        var isCall = !isNative && calls.Count > 0;
        var hasText = content.Length > 0 || thinking.Length > 0;
        if (hasText || (logprobs.Length > 0 && !isCall))
            yield return new InferenceEvent.Delta(content, thinking, logprobs);
        if (isNative)
            _late.AddRange(calls);
        else if (isCall)
            yield return new InferenceEvent.ToolCalls([.. calls]) { Logprobs = hasText ? [] : logprobs };
    }

    private ToolCall Number(OutputPiece.Call call) =>
        new(
            isNative ? RandomNumberGenerator.GetString(BothCases, 32) : "call_" + RandomNumberGenerator.GetString(LettersAndDigits, 8),
            _calls++,
            call.Name,
            call.Arguments);

    private string Join<T>(Func<T, string> text)
        where T : OutputPiece
    {
        var single = "";
        StringBuilder? several = null;
        foreach (var piece in _found)
        {
            if (piece is not T wanted)
                continue;
            if (single.Length == 0)
                single = text(wanted);
            else
                (several ??= new StringBuilder(single)).Append(text(wanted));
        }

        return several?.ToString() ?? single;
    }
}

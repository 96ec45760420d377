using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ModelOps.ModelfileLang.Chat;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Prompting.Parsing;
using ModelOps.Runtime.Serving;

namespace ModelOps.Runtime.Prompting;

/// <summary>Makes events of what a parser finds: content and thinking as they come, calls whole and numbered.</summary>
/// <param name="parser">Splits the text.</param>
/// <param name="isNative">Calls are told together at the end, with identifiers of the engine's kind (spec/http-apis.md 5.1).</param>
internal sealed class AnswerReader(IOutputParser parser, bool isNative) : IAnswerReader
{
    private const string LettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string BothCases = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + LettersAndDigits;

    private readonly List<OutputPiece> _found = [];
    private readonly List<ToolCall> _late = [];
    private int _calls;

    public IEnumerable<InferenceEvent> Read(string text, ImmutableArray<TokenLogprob> logprobs)
    {
        _found.Clear();
        parser.Read(text, _found);
        return Events(logprobs);
    }

    public IEnumerable<InferenceEvent> Finish(bool atLimit)
    {
        _found.Clear();
        parser.Finish(atLimit, _found);
        foreach (var item in Events([]))
            yield return item;
        if (_late.Count > 0)
            yield return new InferenceEvent.ToolCalls([.. _late]) { OnLastLine = true };
    }

    /// <summary>One delta for the texts, so that probabilities are told once; then the calls.</summary>
    private IEnumerable<InferenceEvent> Events(ImmutableArray<TokenLogprob> logprobs)
    {
        var (content, thinking) = (Join<OutputPiece.Content>(piece => piece.Text), Join<OutputPiece.Thinking>(piece => piece.Text));
        if (content.Length > 0 || thinking.Length > 0 || logprobs.Length > 0)
            yield return new InferenceEvent.Delta(content, thinking, logprobs);
        var calls = _found.OfType<OutputPiece.Call>().Select(Number).ToList();
        if (isNative)
            _late.AddRange(calls);
        else if (calls.Count > 0)
            yield return new InferenceEvent.ToolCalls([.. calls]);
    }

    private ToolCall Number(OutputPiece.Call call) =>
        new(isNative ? RandomNumberGenerator.GetString(BothCases, 32) : "call_" + RandomNumberGenerator.GetString(LettersAndDigits, 8), _calls++, call.Name, call.Arguments);

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

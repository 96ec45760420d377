using System.Text;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi;

/// <summary>One answer of <c>/v1/completions</c> as it comes to be.</summary>
/// <param name="request">The request.</param>
/// <param name="number">Which answer.</param>
internal sealed class CompletionAnswer(CompletionRequest request, int number)
{
    private readonly StringBuilder _text = new();
    private double _sum;
    private int _scored;

    internal string Text => _text.ToString();

    internal CompletionLogprobs Logprobs { get; } = new();

    /// <summary>Why it ended; null until it has.</summary>
    internal FinishReason? Reason { get; private set; }

    /// <summary>Mean log probability of its tokens; an answer without any comes last.</summary>
    internal double Score => _scored == 0 ? double.NegativeInfinity : _sum / _scored;

    /// <summary>Takes one event.</summary>
    /// <returns>What it adds to the text: the prompt too, where that is echoed.</returns>
    internal string Add(InferenceEvent item)
    {
        var before = _text.Length;
        switch (item)
        {
            case InferenceEvent.Admitted admitted when request.Echo:
                var sent = request.Prompts[number / request.BestOf].Prompt;
                Echo(sent.Length > 0 ? sent : admitted.PromptText);
                break;
            case InferenceEvent.PromptTokens prompt:
                Logprobs.Add(prompt);
                break;
            case InferenceEvent.Delta delta:
                Add(delta);
                break;
            case InferenceEvent.Finished finished:
                Reason = finished.Reason;
                break;
        }

        return _text.ToString(before, _text.Length - before);
    }

    private void Echo(string prompt)
    {
        _text.Append(prompt);
        Logprobs.Skip(prompt);
    }

    private void Add(InferenceEvent.Delta delta)
    {
        _text.Append(delta.Content);
        if (request.Logprobs)
            Logprobs.Add(delta);
        if (delta.Logprobs.IsDefaultOrEmpty)
            return;
        _sum += delta.Logprobs.Sum(token => (double)token.Logprob);
        _scored += delta.Logprobs.Length;
    }
}

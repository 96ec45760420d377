using ModelOps.Runtime.Batching.Speculation;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Sampling;

namespace ModelOps.Runtime.Batching;

/// <summary>Takes a step's results: reports prompts, chooses tokens, and ends sequences. Used by the thread of the batch loop.</summary>
internal sealed class TokenCollector(
    EngineContext context, RunningSequences sequences, Speculator? speculator, StepCounts counts, TimeProvider time) : IDisposable
{
    private readonly Vocabulary _vocabulary = context.Weights.Vocabulary;
    private readonly CandidateBuffer _candidates = new(context.Weights.Vocabulary.Size);

    public void Dispose() => _candidates.Dispose();

    /// <summary>Takes what the step computed for one sequence, which may be over then.</summary>
    internal void Collect(Sequence sequence)
    {
        var part = sequence.Part;
        if (part.Count == 0)
            return;

        if (sequence is { TellsPrompt: true, Phase: SequencePhase.Prefill })
            PromptTelling.Tell(sequence, context.Handle, _vocabulary);

        sequence.Cache.Advance(part.Certain);
        part.Settle();
        if (!part.HasOutput)
            return;

        sequence.Decode();
        if (sequence.Request.MaxTokens == 0)
        {
            sequence.Times.EndPrompt(time.GetTimestamp());
            sequences.Finish(sequence, EngineStopReason.Length, stoppedByText: false);
            return;
        }

        var right = 0;
        var end = Choose(sequence, part.Output, out var stoppedByText);
        while (end is null && right < part.Guess.Count && sequence.Cache.Tokens[^1] == part.Guess[right])
            end = Choose(sequence, part.Output + ++right, out stoppedByText);

        if (part.Guess.Count > 0)
            speculator!.Settle(sequence, right);

        if (end is { } reason)
            sequences.Finish(sequence, reason, stoppedByText);
    }

    /// <returns>Why the sequence is over with its next token, or null when it goes on.</returns>
    private EngineStopReason? Choose(Sequence sequence, int output, out bool stoppedByText)
    {
        var logits = NativeOutput.Logits(context.Handle, output, _vocabulary.Size);
        var computed = time.GetTimestamp();
        var token = sequence.Sampler.Sample(logits, _candidates);
        var logprob = sequence.Request.TopLogprobs < 0
            ? null
            : Logprobs.Of(_vocabulary, logits, token, sequence.Request.TopLogprobs);

        if (sequence.Generated == 0)
        {
            sequence.Times.EndPrompt(computed);
            sequences.Announce();
        }

        sequence.Times.Choose(time.GetTimestamp());
        counts.Generated();
        return sequence.Take(token, logprob, _vocabulary, out stoppedByText);
    }
}

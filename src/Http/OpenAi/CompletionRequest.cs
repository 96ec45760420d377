using System.Collections.Immutable;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.OpenAi;

/// <summary>A request of <c>/v1/completions</c> as requests of <c>/api/generate</c>, one for each prompt (6.4).</summary>
/// <param name="Prompts">At least one. They differ in their prompts only.</param>
/// <param name="Wanted">Number of answers to each prompt in the reply.</param>
/// <param name="BestOf">Number of answers to each prompt that are made; the best of them are in the reply.</param>
internal sealed record CompletionRequest(ImmutableArray<GenerateRequest> Prompts, int Wanted, int BestOf)
{
    /// <summary>Pieces are sent as they come.</summary>
    internal bool Stream { get; init; }

    /// <summary>A stream ends with its usage.</summary>
    internal bool IncludesUsage { get; init; }

    /// <summary>The text begins with the prompt.</summary>
    internal bool Echo { get; init; }

    /// <summary>The reply has log probabilities.</summary>
    internal bool Logprobs { get; init; }

    /// <summary>Name as the client sent it.</summary>
    internal string Model => Prompts[0].Model;

    /// <summary>All answers that are made; those to the first prompt come first.</summary>
    internal Sample[] Samples(IInference inference) => [.. Enumerable.Range(0, Prompts.Length * BestOf).Select(Sample (number) =>
        cancellationToken => inference.GenerateAsync(Prompts[number / BestOf] with { Sample = number % BestOf }, cancellationToken))];
}

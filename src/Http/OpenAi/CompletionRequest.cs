using System.Collections.Immutable;
using ModelOps.Http.Ollama;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.OpenAi;

/// <summary>A request of <c>/v1/completions</c> as requests of <c>/api/generate</c>, one for each prompt (6.4).</summary>
/// <param name="Prompts">At least one. They differ in their prompts only.</param>
/// <param name="Wanted">Answers to each that the reply has.</param>
/// <param name="BestOf">Answers to each that are made; the best of them are told.</param>
internal sealed record CompletionRequest(ImmutableArray<GenerateRequest> Prompts, int Wanted, int BestOf)
{
    private const int MostAnswers = 2048;
    private const int MostAlternatives = 5;

    /// <summary>Pieces are told as they come.</summary>
    internal bool Stream { get; private init; }

    /// <summary>A stream ends with its usage.</summary>
    internal bool IncludesUsage { get; private init; }

    /// <summary>The text begins with the prompt.</summary>
    internal bool Echo { get; private init; }

    /// <summary>The reply has log probabilities.</summary>
    internal bool Logprobs { get; private init; }

    /// <summary>Name as the client sent it.</summary>
    internal string Model => Prompts[0].Model;

    /// <summary>All answers that are made; those to the first prompt come first.</summary>
    internal Sample[] Samples(IInference inference) => [.. Enumerable.Range(0, Prompts.Length * BestOf).Select(Sample (number) =>
        cancellationToken => inference.GenerateAsync(Prompts[number / BestOf] with { Sample = number % BestOf }, cancellationToken))];

    internal static CompletionRequest Read(RequestObject body)
    {
        // What has a wrong type is refused before what has a wrong value.
        var (model, suffix, grammar) = (body.Text("model"), body.Text("suffix"), InferenceEndpoints.Grammar(body));
        var (stream, includesUsage, echo) = (body.Flag("stream") ?? false, ChatCompletionRequest.IncludesUsage(body), body.Flag("echo") ?? false);
        var onlyRenders = body.Flag("_debug_render_only") ?? false;
        _ = (body.Integer("logprobs"), body.Integer("n"), body.Integer("best_of"));
        var prompts = PromptField.Read(body);
        var alternatives = Alternatives(body);
        var request = new GenerateRequest
        {
            Model = model,
            Suffix = suffix,
            Options = Sampling.ReadCompletion(body),
            LogitBias = LogitBiasField.Read(body),
            Grammar = grammar,
            Format = ConstraintFields.Read(body),
            TopLogprobs = alternatives ?? 0,
            DebugRenderOnly = onlyRenders,
        };
        var wanted = SampleCount.Read(body, "n");
        var bestOf = SampleCount.ReadBestOf(body, wanted, stream);
        if (onlyRenders)
            (prompts, wanted, bestOf) = (prompts[..1], 1, 1);
        if (prompts.Length * bestOf > MostAnswers)
        {
            throw RequestException.Bad(
                $"prompt has {prompts.Length} prompts, with {bestOf} answers each; one request may have {MostAnswers} answers");
        }

        request = request with { Logprobs = alternatives is not null || bestOf > wanted, PromptLogprobs = echo && alternatives is not null };
        return new CompletionRequest(
            [.. prompts.Select(prompt => request with { Prompt = prompt.Text, PromptTokens = prompt.Tokens })], wanted, bestOf)
        {
            Stream = stream,
            IncludesUsage = includesUsage,
            Echo = echo,
            Logprobs = alternatives is not null,
        };
    }

    /// <summary><c>logprobs</c>: how many alternatives to tell with each token; null is no log probabilities at all.</summary>
    private static int? Alternatives(RequestObject body) => body.Integer("logprobs") switch
    {
        null => null,
        { } count and >= 0 and <= MostAlternatives => count,
        { } wrong => throw RequestException.Bad($"logprobs must be between 0 and {MostAlternatives}, not {wrong}"),
    };
}

using ModelOps.Http.Reading;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.OpenAi;

/// <summary>Reads a request of <c>/v1/completions</c> (6.4).</summary>
internal static class CompletionRequestReader
{
    private const int MostAnswers = 2048;
    private const int MostAlternatives = 5;

    internal static CompletionRequest Read(RequestObject body)
    {
        // What has a wrong type is refused before what has a wrong value.
        var (model, suffix, grammar) = (body.Text("model"), body.Text("suffix"), InferenceFields.Grammar(body));
        var (stream, includesUsage, echo) = (
            body.Flag("stream") ?? false, ChatCompletionRequestReader.IncludesUsage(body), body.Flag("echo") ?? false);
        var onlyRenders = body.Flag("_debug_render_only") ?? false;
        body.Integer("logprobs");
        body.Integer("n");
        body.Integer("best_of");
        var prompts = PromptField.Read(body);
        var alternatives = Alternatives(body);
        var request = new GenerateRequest
        {
            Model = model,
            Suffix = suffix,
            Options = SamplingFields.ReadCompletion(body),
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

        request = request with
        {
            Logprobs = alternatives is not null || bestOf > wanted,
            PromptLogprobs = echo && alternatives is not null,
        };
        return new CompletionRequest(
            [.. prompts.Select(prompt => request with { Prompt = prompt.Text, PromptTokens = prompt.Tokens })], wanted, bestOf)
        {
            Stream = stream,
            IncludesUsage = includesUsage,
            Echo = echo,
            Logprobs = alternatives is not null,
        };
    }

    /// <summary><c>logprobs</c>: how many alternatives to send with each token; null is no log probabilities at all.</summary>
    private static int? Alternatives(RequestObject body) => body.Integer("logprobs") switch
    {
        null => null,
        { } count and >= 0 and <= MostAlternatives => count,
        { } wrong => throw RequestException.Bad($"logprobs must be between 0 and {MostAlternatives}, not {wrong}"),
    };
}

using ModelOps.ModelStore.Showing;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Names;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Answering;

/// <summary>Completes one prompt: with the template, raw, or between a prompt and a suffix.</summary>
internal sealed class GenerateAnswer(Admission admission, HostOptions host, TimeProvider time)
{
    /// <summary>From the request to its last event.</summary>
    internal IAsyncEnumerable<InferenceEvent> RunAsync(
        ResolvedModel model, GenerateRequest request, string owner, CancellationToken cancellationToken)
    {
        if (request.Raw && (request.Template.Length > 0 || request.System.Length > 0 || request.Context.Length > 0))
            throw new InferenceException(new InferenceRefusal.RawWithTemplate());
        string[] needed = request.Suffix.Length > 0 ? [Capabilities.Insert] : [];
        var run = TextRun.Check(admission, host, time, model, request, owner, "generate", needed, out var think);
        if (request.Images.Length > 0)
            throw new InferenceException(new InferenceRefusal.NoImages());
        return run.RunAsync(
            async (engine, token) => request.IsEmpty ? null : await PrepareAsync(model, request, think, engine, token), cancellationToken);
    }

    private async Task<PreparedPrompt> PrepareAsync(
        ResolvedModel model, GenerateRequest request, ThinkSetting think, IEngine engine, CancellationToken cancellationToken)
    {
        if (!request.PromptTokens.IsEmpty)
        {
            var asked = await engine.DetokenizeAsync(request.PromptTokens, special: true, cancellationToken);
            var read = request with { Prompt = asked, PromptTokens = [] };
            return await PrepareAsync(model, read, think, engine, cancellationToken) with { FromTokens = asked };
        }

        var prompt = new ModelPrompt(model, host, time, request.Template);
        var before = request.Context.Length > 0 ? await engine.DetokenizeAsync(request.Context, special: true, cancellationToken) : "";
        var text = before + TextOf(prompt, request, think, engine.Facts);
        var told = request.PromptLogprobs
            ? PromptReader.Of(
                text, request.Prompt, before + TextOf(prompt, request with { Prompt = PromptReader.Mark }, think, engine.Facts))
            : null;
        var tokens = await ModelPrompt.TokenizeAsync(engine, text, cancellationToken);
        return prompt.Finish(text, tokens, request, [], think) with
        {
            KeepContext = !request.Raw,
            Told = told,
            MayBeCut = told is null,
        };
    }

    private static string TextOf(ModelPrompt prompt, GenerateRequest request, ThinkSetting think, EngineFacts facts) =>
        request.Raw ? request.Prompt : Render(prompt, request, think, facts);

    private static string Render(ModelPrompt prompt, GenerateRequest request, ThinkSetting think, EngineFacts facts)
    {
        if (request.Suffix.Length > 0)
            return prompt.Fill(request.Prompt, request.Suffix, think);
        var messages = prompt.Question(request.Prompt, request.System, withHistory: request.Context.IsEmpty);
        return prompt.HasTemplate ? prompt.Chat(messages, default, think, facts) : ModelPrompt.Bare(messages, think);
    }
}

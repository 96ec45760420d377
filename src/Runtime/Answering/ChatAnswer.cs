using System.Collections.Immutable;
using ModelOps.ModelStore.Showing;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Names;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Answering;

/// <summary>Answers one chat.</summary>
internal sealed class ChatAnswer(Admission admission, HostOptions host, TimeProvider time)
{
    /// <summary>From the request to its last event.</summary>
    internal IAsyncEnumerable<InferenceEvent> RunAsync(
        ResolvedModel model, ChatRequest request, string owner, CancellationToken cancellationToken)
    {
        var tools = request.ToolChoice.Kind == ToolChoiceKind.None ? [] : request.Tools;
        string[] needed = tools.IsDefaultOrEmpty ? [] : [Capabilities.Tools];
        var run = TextRun.Check(admission, host, time, model, request, owner, "chat", needed, out var think);
        if (request.Messages.Any(message => message.Images.Length > 0))
            throw new InferenceException(new InferenceRefusal.NoImages());
        var prompt = new ModelPrompt(model, host, time);
        if (prompt.IsNative && request.Messages is [.., { Role: "assistant", ToolCalls.Length: > 0 }])
            throw new InferenceException(new InferenceRefusal.ContinuesCalls());
        return run.RunAsync(
            async (engine, token) => request.Messages.IsEmpty ? null : await PrepareAsync(prompt, request, tools, think, engine, token),
            cancellationToken);
    }

    /// <summary>Renders; drops the oldest messages until the prompt fits. System messages and the last message stay.</summary>
    private static async Task<PreparedPrompt> PrepareAsync(
        ModelPrompt prompt,
        ChatRequest request,
        ImmutableArray<Tool> tools,
        ThinkSetting think,
        IEngine engine,
        CancellationToken cancellationToken)
    {
        var messages = prompt.Conversation(request.Messages);
        var first = 0;
        while (true)
        {
            ImmutableArray<ChatMessage> kept = [
                .. messages.Take(first).Where(message => message.Role == "system"), .. messages.Skip(first),
            ];
            var text = prompt.Chat(kept, tools, think, engine.Facts);
            var tokens = await ModelPrompt.TokenizeAsync(engine, text, cancellationToken);
            var fits = tokens.Length <= engine.Facts.ContextLength;
            if (fits || request.Truncate == false || first >= messages.Length - 1)
            {
                return prompt.Finish(text, tokens, request, tools, think, prompt.Continued(kept)) with
                {
                    Dropped = messages.Length - kept.Length,
                    MayBeCut = !prompt.IsNative,
                };
            }

            first++;
        }
    }
}

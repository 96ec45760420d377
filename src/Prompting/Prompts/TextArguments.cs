using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;
using ModelOps.Templates.Rendering;

namespace ModelOps.Prompting.Prompts;

/// <summary>Arguments of earlier calls that are text and no JSON object. Some templates take them, others want an object.</summary>
public static class TextArguments
{
    private static readonly JsonElement None = JsonElement.Parse("{}");

    /// <summary>Why a conversation cannot be rendered, where such arguments are the reason; else null.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="fault">What the template said.</param>
    /// <param name="render">Renders another conversation, or throws.</param>
    public static InferenceException? Refusal(
        ImmutableArray<ChatMessage> messages, TemplateException fault, Action<ImmutableArray<ChatMessage>> render)
    {
        if (messages.SelectMany(message => message.ToolCalls).FirstOrDefault(IsText) is not { } call)
            return null;
        try
        {
            render([.. messages.Select(message => message with { ToolCalls = [.. message.ToolCalls.Select(WithoutText)] })]);
        }
        catch (InferenceException)
        {
            // The template fails without such arguments as well.
            return null;
        }

        return new InferenceException(new InferenceRefusal.ArgumentsAreText(call.ArgumentsPath, call.Name, fault.Message), fault);
    }

    private static bool IsText(ToolCall call) => call.Arguments.ValueKind == JsonValueKind.String;

    private static ToolCall WithoutText(ToolCall call) => IsText(call) ? call with { Arguments = None } : call;
}

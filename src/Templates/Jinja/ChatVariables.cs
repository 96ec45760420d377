using System.Text.Json;
using ModelOps.Templates.Chat;
using ModelOps.Templates.Jinja.Nodes;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja;

/// <summary>Conversations in the shape that published chat templates expect.</summary>
internal static class ChatVariables
{
    public static Scope Of(JinjaInput input)
    {
        var scope = new Scope(null)
        {
            ["messages"] = new PyList([.. input.Messages.Select(Message)]),
            ["tools"] = input.Tools.IsDefaultOrEmpty ? null : new PyList([.. input.Tools.Select(tool => JsonValues.Of(tool.Json))]),
            ["add_generation_prompt"] = Truth.Box(input.AddGenerationPrompt),
            ["bos_token"] = input.BosToken,
            ["eos_token"] = input.EosToken,
        };
        if (input.Think.IsSet)
            scope["enable_thinking"] = Truth.Box(input.Think.Enabled);
        if (input.Think is { IsSet: true, Level.Length: > 0 })
            scope["reasoning_effort"] = input.Think.Level;
        foreach (var (name, value) in input.Variables ?? [])
            scope[name] = JsonValues.Of(value);
        return scope;
    }

    private static PyDict Message(ChatMessage message)
    {
        var dict = new PyDict { ["role"] = message.Role, ["content"] = message.Content };
        if (message.Thinking.Length > 0)
        {
            dict["reasoning_content"] = message.Thinking;
            dict["thinking"] = message.Thinking;
        }

        if (!message.ToolCalls.IsDefaultOrEmpty)
            dict["tool_calls"] = new PyList([.. message.ToolCalls.Select(Call)]);
        if (message.ToolCallId.Length > 0)
            dict["tool_call_id"] = message.ToolCallId;
        if (message.ToolName.Length > 0)
            dict["name"] = message.ToolName;
        return dict;
    }

    private static PyDict Call(ToolCall call)
    {
        var dict = new PyDict();
        if (call.Id.Length > 0)
            dict["id"] = call.Id;
        dict["type"] = "function";
        dict["function"] = new PyDict
        {
            ["name"] = call.Name,
            ["arguments"] = call.Arguments.ValueKind == JsonValueKind.Undefined ? new PyDict() : JsonValues.Of(call.Arguments),
        };
        return dict;
    }
}

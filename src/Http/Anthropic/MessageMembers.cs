using System.Text.Json;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Anthropic;

/// <summary>Parts that an answer in one piece and a streamed one share.</summary>
internal static class MessageMembers
{
    /// <summary>The members that a message begins with.</summary>
    internal static void WriteHead(Utf8JsonWriter json, string id, string model)
    {
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "message");
        json.WriteString("role"u8, "assistant");
        json.WriteString("model"u8, model);
    }

    internal static void WriteUsage(Utf8JsonWriter json, int input, int output)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, input);
        json.WriteNumber("output_tokens"u8, output);
        json.WriteEndObject();
    }

    /// <summary>Anthropic's word for why an answer ended.</summary>
    internal static string StopReason(FinishReason reason, bool hasCalls) => reason switch
    {
        _ when hasCalls => "tool_use",
        FinishReason.Stop => "end_turn",
        FinishReason.Length => "max_tokens",
        _ => "stop_sequence",
    };
}

using System.Text.Json;
using ModelOps.Http.Replies;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.OpenAi.Responses;

/// <summary>One item of a response's <c>output</c> (6.8).</summary>
/// <param name="Id">Its own, with the prefix of its kind.</param>
internal abstract record ResponseItem(string Id)
{
    internal const string InProgress = "in_progress";
    internal const string Completed = "completed";
    internal const string Incomplete = "incomplete";

    /// <summary>What the model thought.</summary>
    /// <param name="Id">Its own.</param>
    /// <param name="Text">Null while it is coming.</param>
    internal sealed record Reasoning(string Id, string? Text) : ResponseItem(Id)
    {
        internal static Reasoning New(string? text = null) => new(ReplyId.New("rs_"), text);

        private protected override void WriteMembers(Utf8JsonWriter json)
        {
            json.WriteString("type"u8, "reasoning");
            json.WriteStartArray("summary"u8);
            if (Text is not null)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "summary_text");
                json.WriteString("text"u8, Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (Text is not null)
                json.WriteString("encrypted_content"u8, Text);
        }
    }

    /// <summary>What the model said.</summary>
    /// <param name="Id">Its own.</param>
    /// <param name="Text">Null while it is coming.</param>
    /// <param name="Status">How far it is.</param>
    internal sealed record Message(string Id, string? Text, string Status) : ResponseItem(Id)
    {
        internal static Message New(string? text = null, string status = InProgress) => new(ReplyId.New("msg_"), text, status);

        private protected override void WriteMembers(Utf8JsonWriter json)
        {
            json.WriteString("type"u8, "message");
            json.WriteString("status"u8, Status);
            json.WriteString("role"u8, "assistant");
            json.WriteStartArray("content"u8);
            if (Text is not null)
                WritePart(json, Text);
            json.WriteEndArray();
        }
    }

    /// <summary>A call of a function.</summary>
    /// <param name="Id">Its own.</param>
    /// <param name="Call">The call.</param>
    /// <param name="Arguments">Its arguments; empty while they are coming.</param>
    /// <param name="Status">How far it is.</param>
    internal sealed record FunctionCall(string Id, ToolCall Call, string Arguments, string Status) : ResponseItem(Id)
    {
        internal static FunctionCall New(ToolCall call) => new(ReplyId.New("fc_"), call, AnswerJson.ArgumentText(call), Completed);

        private protected override void WriteMembers(Utf8JsonWriter json)
        {
            json.WriteString("type"u8, "function_call");
            json.WriteString("status"u8, Status);
            json.WriteString("call_id"u8, Call.Id);
            json.WriteString("name"u8, Call.Name);
            json.WriteString("arguments"u8, Arguments);
        }
    }

    /// <summary>Writes the item.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Writes a part of a message.</summary>
    internal static void WritePart(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "output_text");
        json.WriteString("text"u8, text);
        json.WriteStartArray("annotations"u8);
        json.WriteEndArray();
        json.WriteStartArray("logprobs"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private protected abstract void WriteMembers(Utf8JsonWriter json);
}

using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Events;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Replies;

/// <summary>Parts of answers that several surfaces share.</summary>
internal static class AnswerJson
{
    /// <summary>The six metrics, each left out when 0 (3.4).</summary>
    internal static void WriteMetrics(this Utf8JsonWriter json, InferenceMetrics metrics)
    {
        json.WriteUnlessZero("total_duration"u8, ReplyTime.Nanoseconds(metrics.Total));
        json.WriteUnlessZero("load_duration"u8, ReplyTime.Nanoseconds(metrics.Load));
        json.WriteUnlessZero("prompt_eval_count"u8, metrics.PromptTokens);
        json.WriteUnlessZero("prompt_eval_duration"u8, ReplyTime.Nanoseconds(metrics.PromptTime));
        json.WriteUnlessZero("eval_count"u8, metrics.GeneratedTokens);
        json.WriteUnlessZero("eval_duration"u8, ReplyTime.Nanoseconds(metrics.GenerationTime));
    }

    /// <summary>Calls of <c>/api</c>: arguments are an object.</summary>
    internal static void WriteCalls(this Utf8JsonWriter json, IEnumerable<ToolCall> calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteUnlessEmpty("id"u8, call.Id);
            json.WriteStartObject("function"u8);
            json.WriteNumber("index"u8, call.Index);
            json.WriteString("name"u8, call.Name);
            json.WritePropertyName("arguments"u8);
            json.WriteArguments(call);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The arguments of a call as an object.</summary>
    internal static void WriteArguments(this Utf8JsonWriter json, ToolCall call)
    {
        if (call.Arguments.ValueKind == JsonValueKind.Object)
        {
            call.Arguments.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        json.WriteEndObject();
    }

    /// <summary>The arguments of a call as compact JSON text.</summary>
    internal static string ArgumentText(ToolCall call) =>
        System.Text.Encoding.UTF8.GetString(JsonBytes.Of(json => json.WriteArguments(call)).Span);

    /// <summary>Log probabilities, the values of one list (5.10).</summary>
    internal static void WriteLogprobs(this Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<TokenLogprob> logprobs)
    {
        json.WriteStartArray(name);
        foreach (var item in logprobs)
        {
            json.WriteStartObject();
            WriteToken(json, item.Text, item.Logprob);
            if (!item.Top.IsDefaultOrEmpty)
            {
                json.WriteStartArray("top_logprobs"u8);
                foreach (var other in item.Top)
                {
                    json.WriteStartObject();
                    WriteToken(json, other.Text, other.Logprob);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The prompt that was only rendered (5.12).</summary>
    internal static void WriteDebugInfo(this Utf8JsonWriter json, InferenceEvent.Rendered rendered)
    {
        json.WriteStartObject("_debug_info"u8);
        json.WriteString("rendered_template"u8, rendered.Prompt);
        json.WriteUnlessZero("image_count"u8, rendered.Images);
        json.WriteEndObject();
    }

    /// <summary>The reference's word for why an answer ended.</summary>
    internal static string Word(FinishReason reason) => reason switch
    {
        FinishReason.Length => "length",
        FinishReason.Load => "load",
        FinishReason.Unload => "unload",
        _ => "stop",
    };

    /// <summary>A log probability as a finite number, which JSON needs.</summary>
    internal static float Finite(float logprob) => float.IsFinite(logprob) ? logprob : float.MinValue;

    private static void WriteToken(Utf8JsonWriter json, ImmutableArray<byte> bytes, float logprob)
    {
        json.WriteString("token"u8, System.Text.Encoding.UTF8.GetString(bytes.AsSpan()));
        json.WriteNumber("logprob"u8, Finite(logprob));
        if (bytes.IsDefaultOrEmpty)
            return;
        json.WriteStartArray("bytes"u8);
        foreach (var one in bytes)
            json.WriteNumberValue(one);
        json.WriteEndArray();
    }
}

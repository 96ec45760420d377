using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi.Responses;

/// <summary>A response of <c>/v1/responses</c>, which repeats its request at every stage (6.8).</summary>
/// <param name="body">The request.</param>
/// <param name="tools">The tools of the request.</param>
/// <param name="time">The clock.</param>
internal sealed class ResponseObject(RequestObject body, ImmutableArray<RequestObject> tools, TimeProvider time)
{
    private readonly string _id = ReplyId.New("resp_");
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();
    private readonly string _model = body.Text("model");
    private readonly string? _instructions = body.OptionalText("instructions");
    private readonly string _truncation = body.Text("truncation") is { Length: > 0 } truncation ? truncation : "disabled";
    private readonly bool _background = body.Flag("background") ?? false;
    private readonly double _temperature = body.Number("temperature") ?? 1;
    private readonly double _topP = body.Number("top_p") ?? 1;
    private readonly int? _limit = body.Integer("max_output_tokens");

    // Read now, so that wrong tools are refused and do not surface after the reply has begun.
    private readonly JsonElement _tools = JsonBytes.Element(json => WriteTools(json, tools));
    private readonly JsonElement _format = JsonBytes.Element(json => WriteFormat(json, ResponseRequestReader.Format(body)));
    private readonly JsonElement _reasoning = JsonBytes.Element(json => WriteReasoning(json, ResponseRequestReader.Reasoning(body)));

    /// <summary>The state of a stream that has just begun.</summary>
    internal void WriteBegun(Utf8JsonWriter json) => Write(json, ResponseItem.InProgress, [], null, null);

    /// <summary>The finished response.</summary>
    internal void WriteFinished(Utf8JsonWriter json, IReadOnlyCollection<ResponseItem> output, InferenceEvent.Finished finished) =>
        Write(
            json,
            finished.Reason == FinishReason.Length ? ResponseItem.Incomplete : ResponseItem.Completed,
            output,
            finished.Metrics,
            null);

    /// <summary>The response of a stream that broke.</summary>
    internal void WriteFailed(Utf8JsonWriter json, IReadOnlyCollection<ResponseItem> output, Failure failure) =>
        Write(json, "failed", output, null, failure);

    private void Write(
        Utf8JsonWriter json, string status, IReadOnlyCollection<ResponseItem> output, InferenceMetrics? metrics, Failure? failure)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "response");
        json.WriteNumber("created_at"u8, _created);
        WriteNumber(json, "completed_at", metrics is null ? null : time.GetUtcNow().ToUnixTimeSeconds());
        json.WriteString("status"u8, status);
        json.WritePropertyName("incomplete_details"u8);
        WriteObject(json, status == ResponseItem.Incomplete ? () => json.WriteString("reason"u8, "max_output_tokens") : null);
        json.WriteString("model"u8, _model);
        json.WriteNull("previous_response_id"u8);
        json.WriteString("instructions"u8, _instructions);
        json.WriteStartArray("output"u8);
        foreach (var item in output)
            item.Write(json);
        json.WriteEndArray();
        json.WritePropertyName("error"u8);
        WriteObject(json, failure is { } told ? () => WriteError(json, told) : null);
        WriteSettings(json);
        json.WritePropertyName("usage"u8);
        WriteObject(json, metrics is null ? null : () => WriteUsage(json, metrics));
        WriteNumber(json, "max_output_tokens", _limit);
        json.WriteNull("max_tool_calls"u8);
        json.WriteBoolean("store"u8, false);
        json.WriteBoolean("background"u8, _background);
        json.WriteString("service_tier"u8, "default");
        json.WriteStartObject("metadata"u8);
        json.WriteEndObject();
        json.WriteNull("safety_identifier"u8);
        json.WriteNull("prompt_cache_key"u8);
        json.WriteEndObject();
    }

    private void WriteSettings(Utf8JsonWriter json)
    {
        json.WritePropertyName("tools"u8);
        _tools.WriteTo(json);
        json.WriteString("tool_choice"u8, "auto");
        json.WriteString("truncation"u8, _truncation);
        json.WriteBoolean("parallel_tool_calls"u8, true);
        json.WriteStartObject("text"u8);
        json.WritePropertyName("format"u8);
        _format.WriteTo(json);
        json.WriteEndObject();
        json.WriteNumber("top_p"u8, _topP);
        json.WriteNumber("presence_penalty"u8, 0);
        json.WriteNumber("frequency_penalty"u8, 0);
        json.WriteNumber("top_logprobs"u8, 0);
        json.WriteNumber("temperature"u8, _temperature);
        json.WritePropertyName("reasoning"u8);
        _reasoning.WriteTo(json);
    }

    private static void WriteTools(Utf8JsonWriter json, ImmutableArray<RequestObject> tools)
    {
        json.WriteStartArray();
        foreach (var tool in tools.IsDefault ? [] : tools)
            ResponseTools.Write(json, tool);
        json.WriteEndArray();
    }

    private static void WriteReasoning(Utf8JsonWriter json, RequestObject? reasoning)
    {
        var (effort, summary) = (reasoning?.Text("effort") ?? "", reasoning?.Text("summary") ?? "");
        WriteObject(json, effort.Length + summary.Length == 0 ? null : () =>
        {
            json.WriteUnlessEmpty("effort"u8, effort);
            json.WriteUnlessEmpty("summary"u8, summary);
        });
    }

    private static void WriteFormat(Utf8JsonWriter json, RequestObject? format)
    {
        var type = format?.Text("type") ?? "";
        json.WriteStartObject();
        json.WriteString("type"u8, type.Length > 0 ? type : "text");
        json.WriteUnlessEmpty("name"u8, format?.Text("name") ?? "");
        if (format?.Any("schema") is { ValueKind: not JsonValueKind.Undefined } schema)
        {
            json.WritePropertyName("schema"u8);
            schema.WriteTo(json);
        }

        if (format?.Flag("strict") is { } strict)
            json.WriteBoolean("strict"u8, strict);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, InferenceMetrics metrics)
    {
        json.WriteNumber("input_tokens"u8, metrics.PromptTokens);
        json.WriteNumber("output_tokens"u8, metrics.GeneratedTokens);
        json.WriteNumber("total_tokens"u8, metrics.PromptTokens + metrics.GeneratedTokens);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, 0);
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, Failure failure)
    {
        json.WriteString("code"u8, failure.Status < 500 ? "invalid_prompt" : "server_error");
        json.WriteString("message"u8, failure.Message);
    }

    private static void WriteObject(Utf8JsonWriter json, Action? members)
    {
        if (members is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        members();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}

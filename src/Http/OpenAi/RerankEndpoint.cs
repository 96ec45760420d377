using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.OpenAi;

/// <summary>
/// <c>/v1/rerank</c>: puts documents into order by a query, in the form of Jina and Cohere. The reference has no such thing.
/// </summary>
internal sealed class RerankEndpoint(ClientInference inference)
{
    internal async Task RerankAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "RerankRequest");
        var request = new RerankRequest
        {
            Model = body.Text("model"),
            Query = body.OptionalText("query") ?? throw RequestException.Bad("\"query\" must be provided"),
            Documents = Documents(body),
        };
        var most = body.Integer("top_n") ?? int.MaxValue;
        if (most < 0)
            throw RequestException.Bad("\"top_n\" must not be negative");
        var withTexts = body.Flag("return_documents") ?? false;
        try
        {
            var outcome = await inference.For(context).RerankAsync(request, context.RequestAborted);
            InferenceRun.WriteHeaders(context.Response, outcome.ServedBy, outcome.IgnoredSettings, 0);
            await JsonReply.WriteLineAsync(
                context, StatusCodes.Status200OK, JsonReply.Plain, json => Write(json, request, outcome, most, withTexts));
        }
        catch (InferenceException error)
        {
            var failure = Failure.Of(error, InferenceVerb.Rerank, admitted: false);
            failure.WriteRetryAfter(context.Response);
            await OpenAiErrors.WriteAsync(context, failure);
        }
    }

    /// <summary>Texts, or objects with a text.</summary>
    private static ImmutableArray<string> Documents(RequestObject body)
    {
        var list = body.List("documents", "[]string");
        if (list.IsDefaultOrEmpty)
            throw RequestException.Bad("\"documents\" must be a non-empty array");
        return [.. list.Select(item => item switch
        {
            { ValueKind: JsonValueKind.String } => item.GetString()!,
            { ValueKind: JsonValueKind.Object } when item.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String =>
                text.GetString()!,
            _ => throw RequestException.Bad("\"documents\" must hold texts, or objects with a \"text\""),
        })];
    }

    private static void Write(Utf8JsonWriter json, RerankRequest request, RerankOutcome outcome, int most, bool withTexts)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, request.Model);
        json.WriteString("object"u8, "list");
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, outcome.PromptTokens);
        json.WriteNumber("total_tokens"u8, outcome.PromptTokens);
        json.WriteEndObject();
        json.WriteStartArray("results"u8);
        foreach (var (index, score) in outcome.Scores.Index().OrderByDescending(entry => entry.Item).Take(most))
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, index);
            json.WriteNumber("relevance_score"u8, score);
            if (withTexts)
            {
                json.WriteStartObject("document"u8);
                json.WriteString("text"u8, request.Documents[index]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

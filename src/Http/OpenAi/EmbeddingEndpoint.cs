using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.OpenAi;

/// <summary><c>/v1/embeddings</c> (6.5).</summary>
internal sealed class EmbeddingEndpoint(ClientInference inference)
{
    internal async Task EmbeddingsAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "EmbedRequest");
        var (input, model, dimensions) = (body.Any("input"), body.Text("model"), body.Integer("dimensions") ?? 0);
        var encoding = body.Text("encoding_format");
        var base64 = encoding.Equals("base64", StringComparison.OrdinalIgnoreCase);
        if (!base64 && encoding.Length > 0 && !encoding.Equals("float", StringComparison.OrdinalIgnoreCase))
            throw RequestException.Bad($"Invalid value for 'encoding_format' = {encoding}. Supported values: ['float', 'base64'].");
        if (input.ValueKind == JsonValueKind.Undefined || (input.ValueKind == JsonValueKind.Array && input.GetArrayLength() == 0))
            throw RequestException.Bad("invalid input");
        var request = new EmbedRequest
        {
            Model = model,
            Inputs = input.ValueKind == JsonValueKind.String ? [input.GetString()!] : InferenceFields.Inputs(input),
            Dimensions = dimensions,
        };
        try
        {
            var outcome = await inference.For(context).EmbedAsync(request, context.RequestAborted);
            InferenceRun.WriteHeaders(context.Response, outcome.ServedBy, outcome.IgnoredSettings, 0);
            await JsonReply.WriteLineAsync(
                context, StatusCodes.Status200OK, JsonReply.Plain, json => Write(json, request.Model, outcome, base64));
        }
        catch (InferenceException error)
        {
            var failure = Failure.Of(error, InferenceVerb.Embed, admitted: false);
            failure.WriteRetryAfter(context.Response);
            await OpenAiErrors.WriteAsync(context, failure);
        }
    }

    private static void Write(Utf8JsonWriter json, string model, EmbedOutcome outcome, bool base64)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list");
        json.WriteStartArray("data"u8);
        for (var index = 0; index < outcome.Embeddings.Length; index++)
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "embedding");
            WriteVector(json, outcome.Embeddings[index], base64);
            json.WriteNumber("index"u8, index);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model"u8, model);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, outcome.PromptTokens);
        json.WriteNumber("total_tokens"u8, outcome.PromptTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteVector(Utf8JsonWriter json, ImmutableArray<float> vector, bool base64)
    {
        if (base64)
        {
            var bytes = new byte[vector.Length * sizeof(float)];
            for (var index = 0; index < vector.Length; index++)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), vector[index]);
            json.WriteBase64String("embedding"u8, bytes);
            return;
        }

        json.WriteStartArray("embedding"u8);
        foreach (var number in vector)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}

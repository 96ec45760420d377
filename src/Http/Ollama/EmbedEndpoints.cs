using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Ollama;

/// <summary><c>/api/embed</c> and the older <c>/api/embeddings</c> (2.3, 3.6, 7).</summary>
internal sealed class EmbedEndpoints(ClientInference inference)
{
    internal async Task EmbedAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "EmbedRequest");
        var request = new EmbedRequest
        {
            Model = body.Text("model"),
            Truncate = body.Flag("truncate"),
            Dimensions = body.Integer("dimensions") ?? 0,
            KeepAlive = KeepAlive.Read(body),
            Options = body.Map("options"),
        };
        request = request with { Inputs = InferenceFields.Inputs(body.Any("input")) };
        if (await RunAsync(context, request) is not { } outcome)
            return;

        await JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteString("model"u8, request.Model);
            json.WriteStartArray("embeddings"u8);
            foreach (var vector in outcome.Embeddings)
            {
                json.WriteStartArray();
                foreach (var number in vector)
                    json.WriteNumberValue(number);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            if (request.Inputs.Length > 0)
            {
                json.WriteUnlessZero("total_duration"u8, ReplyTime.Nanoseconds(outcome.TotalTime));
                json.WriteUnlessZero("load_duration"u8, ReplyTime.Nanoseconds(outcome.LoadTime));
                json.WriteUnlessZero("prompt_eval_count"u8, outcome.PromptTokens);
            }

            json.WriteEndObject();
        });
    }

    internal async Task EmbeddingsAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "EmbeddingRequest");
        var prompt = body.Text("prompt");
        var request = new EmbedRequest
        {
            Model = body.Text("model"),
            Inputs = prompt.Length == 0 ? [] : [prompt],
            KeepAlive = KeepAlive.Read(body),
            Options = body.Map("options"),
            Legacy = true,
        };
        if (await RunAsync(context, request) is not { } outcome)
            return;

        await JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("embedding"u8);
            foreach (double number in outcome.Embeddings is [var vector, ..] ? vector : [])
                json.WriteNumberValue(number);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task<EmbedOutcome?> RunAsync(HttpContext context, EmbedRequest request)
    {
        try
        {
            var outcome = await inference.For(context).EmbedAsync(request, context.RequestAborted);
            InferenceRun.WriteHeaders(context.Response, outcome.ServedBy, outcome.IgnoredSettings, 0);
            return outcome;
        }
        catch (InferenceException error)
        {
            var failure = Failure.Of(error, request.Legacy ? InferenceVerb.LegacyEmbed : InferenceVerb.Embed, admitted: false);
            failure.WriteRetryAfter(context.Response);
            await PlainErrors.WriteAsync(context, failure.Status, failure.Message);
            return null;
        }
    }
}

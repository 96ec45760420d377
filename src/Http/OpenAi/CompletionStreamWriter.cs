using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi;

/// <summary>Answers of <c>/v1/completions</c> as they come (6.4): the pieces of several mix.</summary>
internal sealed class CompletionStreamWriter(HttpContext context, CompletionRequest request, TimeProvider time) : ISamplesWriter
{
    private readonly ReplyStream _events = new(context, JsonReply.Events);
    private readonly string _id = ReplyId.New("cmpl-");
    private readonly SampleUsage _usage = new(request.BestOf);
    private readonly CompletionAnswer[] _answers =
        [.. Enumerable.Range(0, request.Prompts.Length * request.BestOf).Select(number => new CompletionAnswer(request, number))];

    /// <summary>Echoed prompts, held until a piece follows them, so that an error before that still has its own status.</summary>
    private readonly string[] _echoes = new string[request.Prompts.Length * request.BestOf];
    private bool _rendered;

    public async ValueTask WriteAsync(int sample, InferenceEvent item, CancellationToken cancellationToken)
    {
        var text = _answers[sample].Add(item);
        if (item is InferenceEvent.Admitted)
        {
            _echoes[sample] = text;
            return;
        }

        if (item is InferenceEvent.PromptTokens)
            return;

        if (_echoes[sample] is { Length: > 0 } echo)
            text = echo + text;
        _echoes[sample] = "";
        if (item is InferenceEvent.Rendered)
        {
            _rendered = true;
            await WriteAsync(sample, text, null, cancellationToken);
        }
        else if (item is InferenceEvent.Finished finished && !_rendered)
        {
            _usage.Add(sample, finished.Metrics);
            await WriteAsync(sample, text, AnswerJson.Word(finished.Reason), cancellationToken);
        }
        else if (text.Length > 0)
        {
            await WriteAsync(sample, text, null, cancellationToken);
        }
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (request.IncludesUsage && !_rendered)
        {
            var json = BeginChunk();
            json.WriteEndArray();
            WriteModel(json);
            _usage.Write(json);
            json.WriteEndObject();
            await _events.EndEventAsync(cancellationToken);
        }

        await _events.EndOpenAiAsync(cancellationToken);
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) =>
        OpenAiErrors.EndStreamAsync(context, _events, failure, cancellationToken);

    private ValueTask WriteAsync(int sample, string text, string? reason, CancellationToken cancellationToken)
    {
        var json = BeginChunk();
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteNumber("index"u8, sample);
        if (request.Logprobs)
            _answers[sample].Logprobs.Write(json);
        json.WriteString("finish_reason"u8, reason);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteModel(json);
        if (request.IncludesUsage)
            SampleUsage.Write(json, 0, 0);
        json.WriteEndObject();
        return _events.EndEventAsync(cancellationToken);
    }

    private Utf8JsonWriter BeginChunk()
    {
        var json = _events.BeginData();
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "text_completion");
        json.WriteNumber("created"u8, time.GetUtcNow().ToUnixTimeSeconds());
        json.WriteStartArray("choices"u8);
        return json;
    }

    private void WriteModel(Utf8JsonWriter json)
    {
        json.WriteString("model"u8, request.Model);
        json.WriteString("system_fingerprint"u8, ChatCompletionReplyWriter.Fingerprint);
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi;

/// <summary>Answers of <c>/v1/completions</c> in one piece (6.4). Thinking is left out.</summary>
internal sealed class CompletionReplyWriter(HttpContext context, CompletionRequest request, TimeProvider time) : ISamplesWriter
{
    private readonly CompletionAnswer[] _answers =
        [.. Enumerable.Range(0, request.Prompts.Length * request.BestOf).Select(number => new CompletionAnswer(request, number))];

    private readonly SampleUsage _usage = new(request.BestOf);
    private InferenceEvent.Rendered? _rendered;

    public ValueTask WriteAsync(int sample, InferenceEvent item, CancellationToken cancellationToken)
    {
        _answers[sample].Add(item);
        if (item is InferenceEvent.Rendered rendered)
            _rendered = rendered;
        else if (item is InferenceEvent.Finished finished)
            _usage.Add(sample, finished.Metrics);
        return default;
    }

    public ValueTask EndAsync(CancellationToken cancellationToken) =>
        new(JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, ReplyId.New("cmpl-"));
            json.WriteString("object"u8, "text_completion");
            json.WriteNumber("created"u8, time.GetUtcNow().ToUnixTimeSeconds());
            json.WriteString("model"u8, request.Model);
            json.WriteString("system_fingerprint"u8, ChatCompletionReplyWriter.Fingerprint);
            json.WriteStartArray("choices"u8);
            foreach (var (index, answer) in Best().Index())
                WriteChoice(json, index, answer);
            json.WriteEndArray();
            _usage.Write(json);
            if (_rendered is not null)
                json.WriteDebugInfo(_rendered);
            json.WriteEndObject();
        }));

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) => new(OpenAiErrors.WriteAsync(context, failure));

    /// <summary>Of each prompt the answers whose tokens were the likeliest on the average.</summary>
    private IEnumerable<CompletionAnswer> Best() => request.Wanted == request.BestOf
        ? _answers
        : _answers.Chunk(request.BestOf).SelectMany(answers => answers.OrderByDescending(answer => answer.Score).Take(request.Wanted));

    private void WriteChoice(Utf8JsonWriter json, int index, CompletionAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, answer.Text);
        json.WriteNumber("index"u8, index);
        if (request.Logprobs)
            answer.Logprobs.Write(json);
        json.WriteString("finish_reason"u8, _rendered is null && answer.Reason is { } reason ? AnswerJson.Word(reason) : null);
        json.WriteEndObject();
    }
}

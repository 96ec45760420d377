using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi.Responses;

/// <summary>Answers of <c>/v1/responses</c> in one piece.</summary>
internal sealed class ResponseReplyWriter(HttpContext context, ResponseObject response) : IReplyWriter
{
    private readonly CollectedAnswer _answer = new();

    public ValueTask WriteAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta:
                _answer.Add(delta);
                break;
            case InferenceEvent.ToolCalls calls:
                _answer.Add(calls.Calls);
                break;
            case InferenceEvent.Finished finished:
                return new(JsonReply.WriteLineAsync(
                    context,
                    StatusCodes.Status200OK,
                    JsonReply.Plain,
                    json => response.WriteFinished(json, Output(finished.Reason), finished)));
        }

        return default;
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) => new(OpenAiErrors.WriteAsync(context, failure));

    /// <summary>Calls stand instead of a message, as in the reference; without calls there is a message, even an empty one.</summary>
    private List<ResponseItem> Output(FinishReason reason)
    {
        var output = new List<ResponseItem>();
        if (_answer.Thinking.Length > 0)
            output.Add(ResponseItem.Reasoning.New(_answer.Thinking));
        output.AddRange(_answer.Calls.Select(ResponseItem.FunctionCall.New));
        if (_answer.Calls.Count == 0)
            output.Add(
                ResponseItem.Message.New(
                    _answer.Content, reason == FinishReason.Length ? ResponseItem.Incomplete : ResponseItem.Completed));
        return output;
    }
}

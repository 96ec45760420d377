using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Anthropic;

/// <summary>
/// The reply of <c>/v1/messages/count_tokens</c>: how many tokens the rendered prompt has; 0 when there is no prompt to render.
/// </summary>
internal sealed class TokenCountReplyWriter(HttpContext context) : IReplyWriter
{
    private int _tokens;

    public ValueTask WriteAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Rendered rendered:
                _tokens = rendered.Tokens;
                break;
            case InferenceEvent.Finished:
                return new(JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("input_tokens"u8, _tokens);
                    json.WriteEndObject();
                }));
        }

        return default;
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) => new(AnthropicErrors.WriteAsync(context, failure));
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;

namespace ModelOps.Http.OpenAi;

/// <summary>The envelope of OpenAI's surface (6.1).</summary>
internal static class OpenAiErrors
{
    private const string NoText = "something went wrong, please see the ollama server logs for details";

    /// <summary>Writes a failure of the inner handler.</summary>
    internal static Task WriteAsync(HttpContext context, Failure failure) => failure.IsPlain
        ? PlainErrors.WriteAsync(context, failure.Status, failure.Message)
        : WriteAsync(context, failure.Status, failure.Message, JsonReply.Plain);

    /// <summary>Ends a stream with a failure: a whole reply while nothing was sent, else a data line and the end.</summary>
    internal static async ValueTask EndStreamAsync(
        HttpContext context, ReplyStream events, Failure failure, CancellationToken cancellationToken)
    {
        if (!events.HasStarted)
        {
            await WriteAsync(context, failure);
            return;
        }

        var json = events.BeginData();
        json.WriteStartObject();
        Write(json, failure.Status, failure.Message);
        json.WriteEndObject();
        await events.EndEventAsync(cancellationToken);
        await events.EndOpenAiAsync(cancellationToken);
    }

    /// <summary>Turns what this surface itself refuses into the envelope.</summary>
    internal static RequestDelegate Guard(RequestDelegate handle) => ErrorGuard.Of(handle, WriteAsync, JsonReply.Plain);

    /// <summary>Writes the members of an error object.</summary>
    internal static void Write(Utf8JsonWriter json, int status, string message)
    {
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, message.Length > 0 ? message : NoText);
        json.WriteString("type"u8, TypeOf(status));
        json.WriteNull("param"u8);
        json.WriteString("code"u8, CodeOf(status));
        json.WriteEndObject();
    }

    /// <summary>Writes an error in the envelope.</summary>
    internal static Task WriteAsync(HttpContext context, int status, string message, string contentType) =>
        JsonReply.WriteAsync(context, status, contentType, json =>
        {
            json.WriteStartObject();
            Write(json, status, message);
            json.WriteEndObject();
        });

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest or StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge
            or StatusCodes.Status414UriTooLong or StatusCodes.Status431RequestHeaderFieldsTooLarge
            or StatusCodes.Status401Unauthorized => "invalid_request_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status429TooManyRequests => "requests",
        _ => "api_error",
    };

    /// <summary>The words by which OpenAI's clients know what is wrong with a key; the reference has none.</summary>
    private static string? CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "invalid_api_key",
        StatusCodes.Status429TooManyRequests => "rate_limit_exceeded",
        _ => null,
    };
}

using System.Text;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;

namespace ModelOps.Http.Ollama;

/// <summary>
/// The routes that need nothing but the process: <c>/</c>, <c>/api/version</c>, <c>/api/status</c>, and those of the account.
/// </summary>
internal sealed class PlainEndpoints(string version)
{
    private static readonly byte[] Running = Encoding.ASCII.GetBytes("Ollama is running");

    internal static async Task RootAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = Running.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.BodyWriter.WriteAsync(Running, context.RequestAborted);
    }

    internal Task VersionAsync(HttpContext context) => JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
    {
        json.WriteStartObject();
        json.WriteString("version"u8, version);
        json.WriteEndObject();
    });

    /// <summary>There is no cloud here: the answer is that of a reference whose user has switched it off by its environment.</summary>
    internal static Task StatusAsync(HttpContext context) =>
        JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("cloud"u8);
        json.WriteBoolean("disabled"u8, true);
        json.WriteString("source"u8, "env");
        json.WriteEndObject();
        json.WriteEndObject();
    });
}

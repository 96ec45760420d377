using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Limits;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Reading;

/// <summary>Reads a JSON body with the reference's rules (1.4): any content type, one value, whatever follows it is ignored.</summary>
internal static class RequestBody
{
    /// <summary>Reads the body of an <c>/api</c> request.</summary>
    internal static Task<JsonElement> ReadApiAsync(HttpContext context) => ReadAsync(context, "missing request body", zstd: false);

    /// <summary>Reads a body that may be absent, which counts as <c>null</c>.</summary>
    internal static async Task<JsonElement> ReadOptionalAsync(HttpContext context)
    {
        var bytes = await ReadAllAsync(context, zstd: false);
        return Parse(bytes.AsSpan().TrimStart(" \t\r\n"u8).IsEmpty ? [.. "null"u8] : JsonRepair.Repair(bytes));
    }

    /// <summary>Reads the body of a <c>/v1</c> request.</summary>
    internal static Task<JsonElement> ReadCompatibleAsync(HttpContext context) => ReadAsync(context, "EOF", zstd: true);

    private static async Task<JsonElement> ReadAsync(HttpContext context, string whenEmpty, bool zstd)
    {
        var bytes = await ReadAllAsync(context, zstd);
        if (bytes.AsSpan().TrimStart(" \t\r\n"u8).IsEmpty)
            throw RequestException.Bad(whenEmpty);
        return bytes.Length <= BodyBudget.Uncounted
            ? Parse(JsonRepair.Repair(bytes))
            : await Task.Factory.StartNew(
                () => Parse(JsonRepair.Repair(bytes)), context.RequestAborted, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static JsonElement Parse(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = JsonNesting.Deepest });
        try
        {
            return bytes.Length > BodyBudget.Uncounted ? ParseLarge(bytes, ref reader) : JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            throw RequestException.Bad(JsonSyntax.Describe(bytes));
        }
    }

    /// <summary>
    /// Parses without a copy of the text. The parser's own buffers are as large again and go to a pool that each thread has for
    /// itself: on a thread that ends they go with it. The document is not disposed, as that would hand them to the pool of all; it
    /// goes when nothing refers to it.
    /// </summary>
    private static JsonElement ParseLarge(byte[] bytes, ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
        return JsonDocument.Parse(bytes.AsMemory(0, (int)reader.BytesConsumed), JsonNesting.Document).RootElement;
    }

    private static async Task<byte[]> ReadAllAsync(HttpContext context, bool zstd)
    {
        var bodies = IncomingBodies.Of(context);
        var body = bodies.Open(context.Request);
        return zstd && ZstdBody.Is(context.Request)
            ? await ZstdBody.ReadAsync(context, bodies, body)
            : await bodies.ReadAsync(context, body, context.Request.ContentLength ?? bodies.Limits.MaxBody);
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Reading;

/// <summary>Reads a JSON body with the reference's rules (1.4): any content type, one value, whatever follows it is ignored.</summary>
internal static class RequestBody
{
    private const int FirstPiece = 4096;
    internal const int DeepestNesting = 1000;

    /// <summary>Reads the body of an <c>/api</c> request.</summary>
    internal static Task<JsonElement> ReadApiAsync(HttpContext context) => ReadAsync(context, "missing request body", zstd: false);

    /// <summary>Reads the body of a <c>/v1</c> request.</summary>
    internal static Task<JsonElement> ReadCompatibleAsync(HttpContext context) => ReadAsync(context, "EOF", zstd: true);

    private static async Task<JsonElement> ReadAsync(HttpContext context, string whenEmpty, bool zstd)
    {
        var bytes = await ReadAllAsync(context.Request, zstd, context.RequestAborted);
        if (bytes.AsSpan().TrimStart(" \t\r\n"u8).IsEmpty)
            throw RequestException.Bad(whenEmpty);
        return Parse(JsonRepair.Repair(bytes));
    }

    private static JsonElement Parse(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DeepestNesting });
        try
        {
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            throw RequestException.Bad(JsonSyntax.Describe(bytes));
        }
    }

    private static async Task<byte[]> ReadAllAsync(HttpRequest request, bool zstd, CancellationToken cancellationToken)
    {
        try
        {
            return zstd && ZstdBody.Is(request)
                ? await ZstdBody.ReadAsync(request.Body, cancellationToken)
                : await ReadAllAsync(request.Body, request.ContentLength, cancellationToken);
        }
        catch (BadHttpRequestException error)
        {
            throw RequestException.Unreadable(error.Message);
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream body, long? length, CancellationToken cancellationToken)
    {
        var buffer = new byte[length is > 0 and < 1 << 20 ? (int)length + 1 : FirstPiece];
        var filled = 0;
        for (int read; (read = await body.ReadAsync(buffer.AsMemory(filled), cancellationToken)) > 0;)
        {
            filled += read;
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }

        Array.Resize(ref buffer, filled);
        return buffer;
    }
}

using Microsoft.AspNetCore.Http;
using ModelOps.Http.Limits;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ModelOps.Http.Reading;

/// <summary>
/// Bodies with <c>Content-Encoding: zstd</c> (1.4). They are unpacked as they come, and both what is unpacked and the window that a frame
/// may ask memory for are limited: a few bytes can stand for a terabyte.
/// </summary>
internal static class ZstdBody
{
    /// <summary>Most bytes of an unpacked body, where the limit of all bodies is not lower.</summary>
    internal const int Most = 20 << 20;

    // 8 MiB
    private const int LongestWindowLog = 23;

    internal static bool Is(HttpRequest request) =>
        request.Headers.ContentEncoding.ToString().Equals("zstd", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="RequestException">400: broken, too long, or it asks for too large a window. 413: longer than any body may
    /// be.</exception>
    internal static async Task<byte[]> ReadAsync(HttpContext context, IncomingBodies bodies, Stream body)
    {
        await using var unpacked = new DecompressionStream(body, leaveOpen: true);
        unpacked.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LongestWindowLog);
        var most = Math.Min(Most, bodies.Limits.MaxBody);
        try
        {
            return await bodies.ReadAsync(context, new BoundedBody(unpacked, most, () => TooLarge(bodies.Limits)), most);
        }
        catch (ZstdException error)
        {
            throw RequestException.Unreadable(Text(error));
        }
        catch (EndOfStreamException)
        {
            throw RequestException.Unreadable("unexpected EOF");
        }
    }

    private static RequestException TooLarge(HttpLimits limits) =>
        limits.MaxBody < Most ? LimitText.BodyTooLarge(limits) : RequestException.Unreadable("http: request body too large");

    private static string Text(ZstdException error) => error.Code switch
    {
        ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge => "window size exceeded",
        ZSTD_ErrorCode.ZSTD_error_prefix_unknown => "invalid input: magic number mismatch",
        _ => $"invalid zstd body: {error.Message}",
    };
}

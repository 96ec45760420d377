using Microsoft.AspNetCore.Http;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ModelOps.Http.Reading;

/// <summary>
/// Bodies with <c>Content-Encoding: zstd</c> (1.4). They are unpacked as they come, and both what is unpacked and the window that a frame
/// may ask memory for are limited: a few bytes can stand for a terabyte.
/// </summary>
internal static class ZstdBody
{
    /// <summary>Most bytes of an unpacked body.</summary>
    internal const int Most = 20 << 20;

    // 8 MiB
    private const int LongestWindowLog = 23;
    private const int FirstPiece = 16 << 10;

    internal static bool Is(HttpRequest request) =>
        request.Headers.ContentEncoding.ToString().Equals("zstd", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="RequestException">400: broken, too long, or it asks for too large a window.</exception>
    internal static async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        await using var unpacked = new DecompressionStream(body, leaveOpen: true);
        unpacked.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LongestWindowLog);
        var buffer = new byte[FirstPiece];
        var filled = 0;
        try
        {
            for (int read; (read = await unpacked.ReadAsync(buffer.AsMemory(filled), cancellationToken)) > 0;)
            {
                filled += read;
                if (filled > Most)
                    throw RequestException.Unreadable("http: request body too large");
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, Math.Min(buffer.Length * 2, Most + 1));
            }
        }
        catch (ZstdException error)
        {
            throw RequestException.Unreadable(Text(error));
        }
        catch (EndOfStreamException)
        {
            throw RequestException.Unreadable("unexpected EOF");
        }

        Array.Resize(ref buffer, filled);
        return buffer;
    }

    private static string Text(ZstdException error) => error.Code switch
    {
        ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge => "window size exceeded",
        ZSTD_ErrorCode.ZSTD_error_prefix_unknown => "invalid input: magic number mismatch",
        _ => $"invalid zstd body: {error.Message}",
    };
}

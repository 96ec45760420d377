using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ModelOps.Http.Limits;

/// <summary>
/// Reads bodies into memory, never more of one than <see cref="HttpLimits.MaxBody"/>. Found among the features of every request.
/// </summary>
internal sealed class IncomingBodies(HttpLimits limits, BodyBudget budget)
{
    private const int FirstPiece = 4096;

    /// <summary>The limits that hold.</summary>
    internal HttpLimits Limits { get; } = limits;

    /// <summary>The bodies of the server that a request came to.</summary>
    internal static IncomingBodies Of(HttpContext context) => context.Features.GetRequiredFeature<IncomingBodies>();

    /// <summary>The body as it comes. Reading past the limit fails, and a body that announces a larger size is not read at all.</summary>
    /// <exception cref="RequestException">413; 501: it is packed in a way that the server does not know.</exception>
    internal Stream Open(HttpRequest request) => request.ContentLength > Limits.MaxBody
        ? throw LimitText.BodyTooLarge(Limits)
        : Open(request, Limits.MaxBody);

    /// <summary>A body of any size, which goes to the disk as it comes.</summary>
    /// <exception cref="RequestException">501: it is packed in a way that the server does not know.</exception>
    /// <exception cref="RequestException">429: it is more than the client may upload now.</exception>
    internal Stream OpenUnbounded(HttpRequest request)
    {
        var meters = request.HttpContext.Features.Get<RequestMeters>();
        meters?.AnnounceUpload(request.ContentLength ?? 0);
        return Open(request, long.MaxValue, meters is null ? null : meters.Upload);
    }

    private BoundedBody Open(HttpRequest request, long most, Action<long>? counted = null) =>
        request.Headers.TransferEncoding.ToString() is { Length: > 0 } coding
            && !coding.Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase)
            ? throw new RequestException(
                StatusCodes.Status501NotImplemented, $"the transfer coding \"{coding}\" is not known here; send chunked")
            : new BoundedBody(request.Body, most, () => LimitText.BodyTooLarge(Limits), counted);

    /// <summary>
    /// Reads a stream to its end, into a buffer that grows with what has really come. A large one has room in the budget until the
    /// request is answered.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="body">What is read; it ends or fails before it brings too much.</param>
    /// <param name="most">Most bytes that may come.</param>
    internal async Task<byte[]> ReadAsync(HttpContext context, Stream body, long most)
    {
        var cancellationToken = context.RequestAborted;
        var buffer = new byte[Math.Min(FirstPiece, most + 1)];
        BodyBudget.Share? share = null;
        var filled = 0;
        for (int read; (read = await body.ReadAsync(buffer.AsMemory(filled), cancellationToken)) > 0;)
        {
            filled += read;
            if (filled < buffer.Length)
                continue;
            var size = (int)Math.Min(buffer.Length * 2L, most + 1);
            if (size > BodyBudget.Uncounted)
                share ??= await ReserveAsync(context, most);
            Array.Resize(ref buffer, size);
        }

        share?.ShrinkTo(filled);
        if (filled < buffer.Length)
            Array.Resize(ref buffer, filled);
        return buffer;
    }

    /// <summary>Waits for room for a large body and keeps it until the request is answered.</summary>
    internal async Task<BodyBudget.Share> ReserveAsync(HttpContext context, long bytes)
    {
        var share = await budget.TakeAsync(bytes, context.RequestAborted);
        context.Response.RegisterForDispose(share);
        return share;
    }
}

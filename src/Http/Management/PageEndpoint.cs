using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Management;

/// <summary>The status page: one file, embedded.</summary>
internal static class PageEndpoint
{
    private static readonly Lazy<byte[]> Page = new(Read);

    internal static async Task ShowAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response.Headers.XFrameOptions = "DENY";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.ContentLength = Page.Value.Length;
        await response.BodyWriter.WriteAsync(Page.Value, context.RequestAborted);
    }

    private static byte[] Read()
    {
        using var stream = typeof(PageEndpoint).Assembly.GetManifestResourceStream("ModelOps.Http.ui.html")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

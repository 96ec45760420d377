using System.Net;
using System.Text;

namespace ModelOps.ModelStore.Registry;

/// <summary>What answers of registries mean.</summary>
internal static class Responses
{
    private const int LongestText = 64 << 10;

    /// <summary>Throws when the status is an error.</summary>
    public static async Task CheckAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
            throw StoreException.Absent("file does not exist");
        if (response.StatusCode < HttpStatusCode.BadRequest)
            return;
        var body = await TextAsync(response, LongestText, cancellationToken);
        throw new RegistryStatusException(response.StatusCode, $"{(int)response.StatusCode}: {body}", RetryAfter(response, time));
    }

    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var asked = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - time.GetUtcNow() : null;
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }

    /// <summary>The beginning of a body.</summary>
    public static async Task<byte[]> BytesAsync(HttpResponseMessage response, int longest, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; bytes.Length < longest && (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            bytes.Write(buffer, 0, (int)Math.Min(read, longest - bytes.Length));
        return bytes.ToArray();
    }

    private static async Task<string> TextAsync(HttpResponseMessage response, int longest, CancellationToken cancellationToken) =>
        Encoding.UTF8.GetString(await BytesAsync(response, longest, cancellationToken));
}

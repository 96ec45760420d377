using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Registry;

/// <summary>A file on a web server as the source of a blob.</summary>
internal static class WebFile
{
    /// <summary>Asks for its size and version. Without a pin, what was fetched of another version is not taken up.</summary>
    public static async Task<BlobSource> FindAsync(
        HttpClient http, Uri address, Digest? pin, RegistryOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        return await RegistryResilience.Requests(options, time).ExecuteAsync(
            async outer =>
            {
                using var watch = new StallWatch(options.StallTimeout, time, outer);
                using var response = await watch.GuardAsync(token => SendAsync(http, HttpMethod.Head, address, null, options, token));
                await Responses.CheckAsync(response, time, outer);
                if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentLength is not { } total)
                    throw StoreException.RegistryFailed($"{address} does not tell its size", address.ToString());

                var version = $"{address}\n{response.Headers.ETag}\n{response.Content.Headers.LastModified:O}\n{total}";
                var name = (pin ?? Digest.Of(Encoding.UTF8.GetBytes(version))).FileName;
                return new BlobSource(name, pin, total, (first, last, token) =>
                    SendAsync(http, HttpMethod.Get, address, new RangeHeaderValue(first, last), options, token));
            },
            cancellationToken);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient http, HttpMethod method, Uri address, RangeHeaderValue? range, RegistryOptions options,
        CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(method, address) { Headers = { Range = range } };
            request.Headers.TryAddWithoutValidation("User-Agent", options.UserAgent);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!Redirects.Is(response.StatusCode) || response.Headers.Location is not { } location)
                return response;
            response.Dispose();
            address = Redirects.Target(address, location, redirects);
        }
    }
}

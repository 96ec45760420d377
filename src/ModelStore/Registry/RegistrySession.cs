using System.Net;
using System.Net.Http.Headers;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Registry;

/// <summary>
/// Requests about one repository: answers challenges, follows redirects, and sends credentials to the registry's own origin only.
/// </summary>
internal sealed class RegistrySession : IDisposable
{
    private readonly HttpClient _http;
    private readonly RegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly RegistryAuth _auth;
    private readonly Uri _origin;

    public RegistrySession(HttpClient http, ModelName name, bool insecure, RegistryOptions options, TimeProvider time)
    {
        _http = http;
        _options = options;
        _time = time;
        var mirror = options.Mirrors.GetValueOrDefault(name.Host);
        _origin = mirror ?? new Uri($"{(insecure ? "http" : "https")}://{name.Host}/");

        // A mirror is another host: it gets its own credentials and never those of the host that it stands for.
        _auth = new RegistryAuth(http, _origin, mirror?.Authority ?? name.Host, options, time);
        Repository = $"{name.Namespace}/{name.Model}";
    }

    /// <summary>Namespace and model.</summary>
    public string Repository { get; }

    public Uri ManifestAddress(string tag) => At($"manifests/{tag}");

    public Uri BlobAddress(Digest digest) => At($"blobs/{digest}");

    public Uri UploadAddress(string query) => At("blobs/uploads/" + query);

    /// <summary>
    /// Sends a request, again with a token when one is asked for. GET and HEAD follow redirects. The caller looks at the status.
    /// </summary>
    /// <param name="make">Makes the request for an address; called again for each attempt.</param>
    /// <param name="address">Where to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HttpResponseMessage> SendAsync(Func<Uri, HttpRequestMessage> make, Uri address, CancellationToken cancellationToken)
    {
        for (var last = false; ; last = true)
        {
            var sent = _auth.Current;
            var response = await FollowAsync(make, address, sent, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Unauthorized || !IsOwn(response.RequestMessage!.RequestUri!))
                return response;

            using (response)
            {
                if (last)
                    throw RegistryAuth.Denied();
                await _auth.AnswerAsync(Challenge.Of(response), sent, cancellationToken);
            }
        }
    }

    /// <summary>As <see cref="SendAsync"/>, with a limit on the time to the answer's head.</summary>
    public async Task<HttpResponseMessage> SendLimitedAsync(
        Func<Uri, HttpRequestMessage> make, Uri address, CancellationToken cancellationToken)
    {
        using var watch = new StallWatch(_options.StallTimeout, _time, cancellationToken);
        return await watch.GuardAsync(token => SendAsync(make, address, token));
    }

    /// <summary>As <see cref="SendLimitedAsync"/>, with errors thrown.</summary>
    public async Task<HttpResponseMessage> AskAsync(Func<Uri, HttpRequestMessage> make, Uri address, CancellationToken cancellationToken)
    {
        var response = await SendLimitedAsync(make, address, cancellationToken);
        try
        {
            await Responses.CheckAsync(response, _time, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose() => _auth.Dispose();

    private async Task<HttpResponseMessage> FollowAsync(
        Func<Uri, HttpRequestMessage> make, Uri address, AuthenticationHeaderValue? credentials, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = make(address);
            request.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
            if (IsOwn(address))
                request.Headers.Authorization = credentials;

            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var followed = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;
            if (!followed || !Redirects.Is(response.StatusCode) || response.Headers.Location is not { } location)
                return response;

            response.Dispose();
            address = Redirects.Target(address, location, redirects);
        }
    }

    private bool IsOwn(Uri address) =>
        address.Scheme == _origin.Scheme && address.Port == _origin.Port
        && string.Equals(address.Host, _origin.Host, StringComparison.OrdinalIgnoreCase);

    private Uri At(string rest) => new(_origin, $"/v2/{Repository}/{rest}");
}

using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Cli.Client;

/// <summary>Speaks to a running daemon.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly ServerAddress _address;

    internal ApiClient(ServerAddress address)
    {
        _address = address;
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = address.ClientUri,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("modelops", ProductVersion.Text));
    }

    /// <summary>Settings that the last reply says were not followed, since git declares them; null when there were none.</summary>
    internal string? Ignored { get; private set; }

    /// <summary>Fails with the next step when nobody answers.</summary>
    internal async Task EnsureReachableAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "");
        using var response = await SendAsync(request, cancellationToken);
    }

    internal async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Sends JSON and returns the reply's object; null for an empty one.</summary>
    internal async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = Json(body) };
        using var response = await SendAsync(request, cancellationToken);
        Ignored = response.Headers.TryGetValues("x-modelops-ignored", out var ignored) ? string.Join(", ", ignored) : null;
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        ThrowIfFailed(response, text);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>Sends JSON and yields each line of the reply; an error line is thrown.</summary>
    internal async IAsyncEnumerable<JsonNode> StreamAsync(
        string path, JsonNode body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(body) };
        using var response = await SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            ThrowIfFailed(response, await response.Content.ReadAsStringAsync(cancellationToken));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
                continue;
            var node = JsonNode.Parse(line)!;
            if (node["error"] is { } error)
                throw new ApiException(HttpStatusCode.InternalServerError, Text(error));
            yield return node;
        }
    }

    /// <summary>Uploads a blob, unless the server has it; true when it had to be stored.</summary>
    internal async Task<bool> UploadAsync(string digest, Stream content, CancellationToken cancellationToken)
    {
        using (var known = new HttpRequestMessage(HttpMethod.Head, $"api/blobs/{digest}"))
        using (var found = await SendAsync(known, cancellationToken))
        {
            if (found.IsSuccessStatusCode)
                return false;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/blobs/{digest}") { Content = new StreamContent(content) };
        using var response = await SendAsync(request, cancellationToken);
        ThrowIfFailed(response, await response.Content.ReadAsStringAsync(cancellationToken));
        return response.StatusCode == HttpStatusCode.Created;
    }

    public void Dispose() => _http.Dispose();

    private static StringContent? Json(JsonNode? body) =>
        body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        ThrowIfFailed(response, text);
        return JsonNode.Parse(text)!;
    }

    private static void ThrowIfFailed(HttpResponseMessage response, string text)
    {
        if (response.IsSuccessStatusCode)
            return;
        var message = $"{(int)response.StatusCode} {response.ReasonPhrase}: {text}";
        try
        {
            if (JsonNode.Parse(text)?["error"] is { } error)
                message = Text(error);
        }
        catch (JsonException)
        {
            // Not one of our errors; the whole text is the best there is.
        }

        throw new ApiException(response.StatusCode, message);
    }

    private static string Text(JsonNode error) =>
        error is JsonObject nested && nested["message"] is { } message ? message.ToString() : error.ToString();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            throw new CliException(
                ExitCode.NotReachable,
                $"no server answers at {_address}; start one with 'modelops serve', or name it with --host or OLLAMA_HOST",
                error);
        }
    }
}

/// <summary>The daemon refused a call.</summary>
internal sealed class ApiException(HttpStatusCode status, string message) : Exception(message)
{
    internal HttpStatusCode Status { get; } = status;
}

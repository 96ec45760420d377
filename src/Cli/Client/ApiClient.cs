using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Registry;
using ModelOps.Templates.Chat;

namespace ModelOps.Cli.Client;

/// <summary>Speaks to a running daemon.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int LongestLine = 200;

    // A list of all that a model knows is some ten megabytes.
    private const int LargestAnswer = 256 * 1024 * 1024;

    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(5);

    // What needs no work is answered by a busy machine too.
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly ServerAddress _address;

    /// <param name="address">Where the daemon is.</param>
    /// <param name="proxy">What the environment says of proxies.</param>
    /// <param name="key">The key to show; null for none.</param>
    internal ApiClient(ServerAddress address, IWebProxy? proxy = null, string? key = null)
    {
        _address = address;
        _http = new HttpClient(Handler(address, proxy))
        {
            BaseAddress = address.ClientUri,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        if (key is not null)
            _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("modelops", ProductVersion.Text));
    }

    /// <summary>Settings that the last reply says were not followed, since git declares them; null when there were none.</summary>
    internal string? Ignored { get; private set; }

    /// <summary>Fails with the next step when no server answers.</summary>
    internal async Task EnsureReachableAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_answerLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, "");
            using var response = await SendAsync(request, limit.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(error, s_answerLimit);
        }
    }

    /// <summary>Asks for something whose status says all.</summary>
    /// <exception cref="ApiException">It is not well.</exception>
    /// <exception cref="CliException">No server answers, or not in time.</exception>
    internal async Task CheckAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_connectLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var response = await SendAsync(request, limit.Token);
            ThrowIfFailed(response, await response.Content.ReadAsStringAsync(limit.Token));
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(error, s_connectLimit);
        }
    }

    /// <summary>Asks for an object, which is there at once.</summary>
    /// <exception cref="ApiException">It was refused, or the answer is not that of a model server.</exception>
    /// <exception cref="CliException">No server answers, or not in time.</exception>
    internal async Task<JsonNode> GetAsync(string path, ReplyShape shape, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_answerLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var response = await SendAsync(request, limit.Token);
            return await ReadAsync(response, path, shape, limit.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(error, s_answerLimit);
        }
    }

    /// <summary>Sends JSON and returns the reply's object.</summary>
    /// <exception cref="ApiException">It was refused, or the answer is not that of a model server.</exception>
    internal async Task<JsonNode> SendAsync(
        HttpMethod method, string path, JsonNode? body, ReplyShape shape, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = Json(body) };
        using var response = await SendAsync(request, cancellationToken);
        Ignored = response.Headers.TryGetValues("x-modelops-ignored", out var ignored) ? string.Join(", ", ignored) : null;
        return await ReadAsync(response, path, shape, cancellationToken);
    }

    /// <summary>Sends JSON as it is, with headers.</summary>
    /// <exception cref="ApiException">It was refused, or the answer is not that of a model server.</exception>
    internal async Task<JsonNode> CallAsync(
        string path, IEnumerable<(string Name, string Value)> headers, byte[] body, ReplyShape shape, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(response, path, shape, cancellationToken);
    }

    /// <summary>Sends JSON that is answered with nothing.</summary>
    /// <exception cref="ApiException">It was refused, or the answer has content, which a model server never sends here.</exception>
    internal async Task TellAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = Json(body) };
        using var response = await SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        ThrowIfFailed(response, text);
        if (text.Trim() is not ("" or "null"))
            throw NoServerOfModels(response, $"its answer to {path} is not empty");
    }

    /// <summary>Sends JSON and yields each line of the reply, which has one at least; an error line is thrown.</summary>
    /// <exception cref="ApiException">It was refused, or a line is not that of a model server.</exception>
    internal async IAsyncEnumerable<JsonNode> StreamAsync(
        string path, JsonNode body, ReplyShape shape, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isEmpty = true;
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(body) };
        using var response = await SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            ThrowIfFailed(response, await response.Content.ReadAsStringAsync(cancellationToken));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
                continue;
            var node = Parse(response, line);
            if (node["error"] is { } error)
                throw new ApiException(HttpStatusCode.InternalServerError, Text(error));
            if (shape.Problem(node) is { } problem)
                throw NoServerOfModels(response, $"its answer to {path} {problem}");
            isEmpty = false;
            yield return node;
        }

        if (isEmpty)
            throw NoServerOfModels(response, $"its answer to {path} is empty");
    }

    /// <summary>Yields events as they are told, until the server ends.</summary>
    /// <param name="path">Where they are told.</param>
    /// <param name="after">Number of the last event that is known; -1 for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ApiException">It was refused, or an event is not that of a model server.</exception>
    internal async IAsyncEnumerable<JsonNode> FollowAsync(
        string path, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (after >= 0)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
        using var response = await SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            ThrowIfFailed(response, await response.Content.ReadAsStringAsync(cancellationToken));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            var node = Parse(response, line["data: ".Length..]);
            if (ReplyShapes.Event.Problem(node) is { } problem)
                throw NoServerOfModels(response, $"its answer to {path} {problem}");
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

    private static SocketsHttpHandler Handler(ServerAddress address, IWebProxy? proxy)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = s_connectLimit, Proxy = proxy };
        if (address.Socket is not { } path)
            return handler;
        handler.UseProxy = false;
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        return handler;
    }

    private static StringContent? Json(JsonNode? body) =>
        body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");

    private async Task<JsonNode> ReadAsync(HttpResponseMessage response, string path, ReplyShape shape, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        ThrowIfFailed(response, text);
        if (text.Length == 0)
            throw NoServerOfModels(response, $"its answer to {path} is empty");
        var reply = Parse(response, text);
        return shape.Problem(reply) is { } problem ? throw NoServerOfModels(response, $"its answer to {path} {problem}") : reply;
    }

    private ApiException NoServerOfModels(HttpResponseMessage response, string reason) =>
        new(response.StatusCode, $"what answers at {_address} is no server of models: {reason}");

    /// <summary>One object of an answer.</summary>
    /// <exception cref="ApiException">It is not an object: another program than a model server answers there.</exception>
    private JsonNode Parse(HttpResponseMessage response, string text)
    {
        try
        {
            if (JsonNode.Parse(text, documentOptions: JsonNesting.Document) is JsonObject node)
                return node;
        }
        catch (JsonException)
        {
            // Reported below.
        }

        var type = response.Content.Headers.ContentType?.MediaType ?? "no content type";
        throw NoServerOfModels(response, $"it sent {type} where a JSON object was expected");
    }

    private void ThrowIfFailed(HttpResponseMessage response, string text)
    {
        if (response.IsSuccessStatusCode)
            return;
        try
        {
            if ((JsonNode.Parse(text, documentOptions: JsonNesting.Document) as JsonObject)?["error"] is { } error)
                throw new ApiException(response.StatusCode, Text(error));
        }
        catch (JsonException)
        {
            // Not one of our errors.
        }

        throw new ApiException(
            response.StatusCode, $"{_address} answers {(int)response.StatusCode} {response.ReasonPhrase}{Foreign(response, text)}");
    }

    /// <summary>What a reply that is not from a model server says: a page is only named, a line is repeated.</summary>
    private static string Foreign(HttpResponseMessage response, string text)
    {
        if (response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
            return " with a page of HTML, as a proxy or another program does and a server of models does not";
        var line = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "";
        return line.Length == 0 ? "" : $": {(line.Length > LongestLine ? line[..LongestLine] + "…" : line)}";
    }

    private static string Text(JsonNode error) =>
        error is JsonObject nested && nested["message"] is { } message ? message.ToString() : error.ToString();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ConnectionError)
        {
            throw Unreachable("", error);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.NameResolutionError)
        {
            throw Unreachable(": the host is not known", error);
        }
        catch (HttpRequestException error)
        {
            throw new CliException(ExitCode.NotReachable, $"{_address}: {NetworkFailure.Text(error)}", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable($" within {s_connectLimit.TotalSeconds:F0} s", error);
        }
    }

    private CliException Silent(Exception error, TimeSpan limit) =>
        new(ExitCode.NotReachable, $"what listens at {_address} does not answer within {limit.TotalSeconds:F0} s", error);

    private CliException Unreachable(string detail, Exception error) =>
        new(
            ExitCode.NotReachable,
            $"no server answers at {_address}{detail}; start one with 'modelops serve', or name it with --host or OLLAMA_HOST", error);
}

/// <summary>The daemon refused a call.</summary>
internal sealed class ApiException(HttpStatusCode status, string message) : Exception(message)
{
    internal HttpStatusCode Status { get; } = status;
}

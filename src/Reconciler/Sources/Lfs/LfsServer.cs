using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Registry;

namespace ModelOps.Reconciler.Sources.Lfs;

/// <summary>Where an LFS server lets requests in.</summary>
/// <param name="Address">Base of its API.</param>
/// <param name="Headers">What it told us to send along; empty when nothing.</param>
internal sealed record LfsAccess(Uri Address, IReadOnlyDictionary<string, string> Headers);

/// <summary>The batch API of an LFS server, with basic transfers.</summary>
/// <param name="http">Sends requests.</param>
/// <param name="access">Where.</param>
/// <param name="options">The source: its token goes to its own hosts alone.</param>
/// <param name="time">Clock of the time limits.</param>
internal sealed class LfsServer(HttpClient http, LfsAccess access, SourceOptions options, TimeProvider time)
{
    private const string Json = "application/vnd.git-lfs+json";
    private const int MostAnswer = 1 << 20;
    private const int MostRedirects = 5;
    private const int MostWords = 200;

    // A repository whose server has no LFS answers in one of these ways.
    private const string NoServer =
        "enable LFS for the repository on its server, name its LFS server in .lfsconfig, or commit the file without LFS";

    private string Shown => AddressText.WithoutCredentials(access.Address.GetLeftPart(UriPartial.Path));

    /// <summary>Asks for bytes of an object. Its address is asked for anew each time: it may be good for a short while only.</summary>
    internal async Task<HttpResponseMessage> OpenAsync(RevisionFile file, long first, long last, CancellationToken cancellationToken)
    {
        var (address, headers) = await LocateAsync(file, cancellationToken);
        var authorization = Authorization(headers) ?? await CredentialsAsync(address, cancellationToken);
        var start = address;
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Range = new RangeHeaderValue(first, last);
            if (address.Authority == start.Authority)
                Prepare(request, headers, authorization);
            var response = await SendAsync(request, cancellationToken);
            if (Redirect(response, address, redirects) is { } next)
            {
                response.Dispose();
                address = next;
                continue;
            }

            if ((int)response.StatusCode is < 400 or >= 500 or 408 or 429)
                return response;
            var status = response.StatusCode;
            response.Dispose();
            throw status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? Failed(SourceFailure.AuthFailed, $"{address.Authority} does not hand out {Name(file)} ({Text(status)}); {Advice()}")
                : Failed(SourceFailure.FetchFailed, $"{address.Authority} does not have {Name(file)} ({Text(status)}); {Push(file)}");
        }
    }

    private async Task<(Uri Address, IReadOnlyDictionary<string, string> Headers)> LocateAsync(
        RevisionFile file, CancellationToken cancellationToken)
    {
        using var elapsed = new CancellationTokenSource(options.GitTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
        try
        {
            using var answer = await AskAsync(file, either.Token);
            return Read(answer.RootElement, file);
        }
        catch (OperationCanceledException) when (elapsed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Failed(
                SourceFailure.Timeout,
                string.Create(CultureInfo.InvariantCulture, $"it did not answer within {options.GitTimeout.TotalSeconds:0} s"));
        }
    }

    private async Task<JsonDocument> AskAsync(RevisionFile file, CancellationToken cancellationToken)
    {
        var address = new Uri(access.Address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/objects/batch");
        var authorization = Authorization(access.Headers) ?? await CredentialsAsync(address, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(Question(file)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(Json);
        request.Headers.Accept.ParseAdd(Json);
        Prepare(request, access.Headers, authorization);
        using var response = await SendAsync(request, cancellationToken);
        switch ((int)response.StatusCode)
        {
            case 200:
                break;
            case 401 or 403:
                throw Failed(SourceFailure.AuthFailed, $"it does not let us in ({Text(response.StatusCode)}); {Advice()}");
            case 408 or 429 or >= 500 and not 501:
                throw new HttpRequestException($"the LFS server at {Shown} answers {Text(response.StatusCode)}");
            default:
                throw Failed(SourceFailure.SourceMissing, $"no LFS server answers there ({Text(response.StatusCode)}); {NoServer}");
        }

        try
        {
            return JsonDocument.Parse(await BodyAsync(response, cancellationToken));
        }
        catch (JsonException error)
        {
            throw Failed(SourceFailure.SourceMissing, $"what answers there is no LFS server; {NoServer}", error);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException error) when (NetworkFailure.Untrusted(error) is { } refused)
        {
            throw Failed(SourceFailure.AuthFailed, ConnectionErrorText.Untrusted(refused, options), error);
        }
    }

    private (Uri Address, IReadOnlyDictionary<string, string> Headers) Read(JsonElement answer, RevisionFile file)
    {
        if (LfsAnswer.Member(answer, "objects") is not { ValueKind: JsonValueKind.Array } objects || objects.GetArrayLength() == 0)
            throw Failed(SourceFailure.FetchFailed, $"its answer does not name {Name(file)}");
        var found = objects[0];
        if (LfsAnswer.Member(found, "error") is { } error)
        {
            var message = LfsAnswer.String(error, "message") ?? "";
            var said = SafeText.ForLine(message[..Math.Min(message.Length, MostWords)]);
            var code = LfsAnswer.Member(error, "code") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
                ? value
                : 0;
            throw Failed(
                SourceFailure.FetchFailed,
                string.Create(CultureInfo.InvariantCulture, $"it does not have {Name(file)} ({code}: {said}); {Push(file)}"));
        }

        if (LfsAnswer.Member(found, "actions") is not { } actions || LfsAnswer.Member(actions, "download") is not { } download)
            throw Failed(SourceFailure.FetchFailed, $"it offers no download of {Name(file)}; {Push(file)}");
        return LfsAnswer.Link(download) is { } link
            ? (link.Address, link.Headers)
            : throw Failed(SourceFailure.SourceInvalid, $"it names no https:// address for {Name(file)}, and no other is asked");
    }

    private static byte[] Question(RevisionFile file)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("operation", "download");
        json.WriteStartArray("transfers");
        json.WriteStringValue("basic");
        json.WriteEndArray();
        json.WriteStartArray("objects");
        json.WriteStartObject();
        json.WriteString("oid", LfsObjects.Hex(file));
        json.WriteNumber("size", file.Size);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("hash_algo", "sha256");
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static async Task<byte[]> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var kept = new byte[MostAnswer];
        var read = await stream.ReadAtLeastAsync(kept, MostAnswer, throwOnEndOfStream: false, cancellationToken);
        return kept[..read];
    }

    private static void Prepare(
        HttpRequestMessage request, IReadOnlyDictionary<string, string> headers, AuthenticationHeaderValue? authorization)
    {
        foreach (var (name, value) in headers)
        {
            var isOurs = name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
                || name.Equals("Range", StringComparison.OrdinalIgnoreCase);
            if (!isOurs)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "modelops");
        if (authorization is not null)
            request.Headers.Authorization = authorization;
    }

    private static AuthenticationHeaderValue? Authorization(IReadOnlyDictionary<string, string> headers) =>
        headers.FirstOrDefault(header => header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase)).Value is { } value
        && AuthenticationHeaderValue.TryParse(value, out var parsed)
            ? parsed
            : null;

    /// <summary>The source's own token, for the source's own hosts.</summary>
    private async Task<AuthenticationHeaderValue?> CredentialsAsync(Uri address, CancellationToken cancellationToken) =>
        HttpsCredentials.Authorities(options).Contains(address.Authority, StringComparer.Ordinal)
        && await SourceToken.ReadAsync(options, time, cancellationToken) is { } token
            ? LfsTransport.Authorization(token)
            : null;

    private Uri? Redirect(HttpResponseMessage response, Uri from, int followed)
    {
        if (!Redirects.Is(response.StatusCode) || response.Headers.Location is not { } location)
            return null;
        var next = new Uri(from, location);
        return followed < MostRedirects && next.Scheme == Uri.UriSchemeHttps
            ? next
            : throw Failed(
                SourceFailure.SourceInvalid,
                $"{from.Authority} sends on to {next.GetLeftPart(UriPartial.Authority)}, too often or unencrypted");
    }

    private string Advice() =>
        options.TokenFile is { } file ? $"the token in {file} may have ended, or may not read this repository's LFS objects"
        : options.TokenCommand is not null
            ? "the token that --git-token-command prints may have ended, or may not read this repository's LFS objects"
        : "put a token for the source into a file and name it with --git-token-file";

    private static string Push(RevisionFile file) => $"push object {LfsObjects.Hex(file)} with git lfs push";

    private static string Name(RevisionFile file) => $"{file.ObjectId[..19]} ({file.Size} bytes)";

    private static string Text(HttpStatusCode status) => string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)status}");

    private GitSourceException Failed(SourceFailure failure, string text, Exception? inner = null) =>
        new(Shown, failure, $"the LFS server at {Shown}: {text}", inner);
}

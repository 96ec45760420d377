using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ModelOps.ModelStore.Registry;

/// <summary>The credentials of one operation on one registry: gets tokens when they are asked for, once for all parts that move.</summary>
internal sealed class RegistryAuth(HttpClient http, Uri origin, string account, RegistryOptions options, TimeProvider time) : IDisposable
{
    // SHA-256 of nothing in hex, in base 64: the reference signs it in the place of a body's.
    private static readonly string EmptyBody =
        Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData([]))));

    private readonly SemaphoreSlim _one = new(1);
    private readonly RegistryCredential? _credential = options.Credentials.Of(account);
    private volatile AuthenticationHeaderValue? _current;

    /// <summary>What to send with a request to the registry itself; null for nothing.</summary>
    public AuthenticationHeaderValue? Current => _current;

    /// <summary>Answers a challenge.</summary>
    /// <param name="challenge">What was asked.</param>
    /// <param name="refused">What was sent with the request that was refused.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AnswerAsync(Challenge challenge, AuthenticationHeaderValue? refused, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            // Another part has answered meanwhile.
            if (!ReferenceEquals(_current, refused))
                return;
            _current = challenge.Scheme switch
            {
                "basic" when _credential is { Token.Length: 0 } => new("Basic", _credential.Basic),
                "basic" => throw Denied(),
                _ when _credential is { Token.Length: > 0 } => new("Bearer", _credential.Token),
                _ => new("Bearer", await TokenAsync(challenge, cancellationToken)),
            };
        }
        finally
        {
            _one.Release();
        }
    }

    public static StoreException Denied() => new(new StoreFailure.Denied());

    public void Dispose() => _one.Dispose();

    private async Task<string> TokenAsync(Challenge challenge, CancellationToken cancellationToken)
    {
        var address = Address(challenge);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("User-Agent", options.UserAgent);
        if (_credential is not null)
            request.Headers.Authorization = new("Basic", _credential.Basic);
        else if (options.Key?.Value is { } key)
            request.Headers.TryAddWithoutValidation("Authorization", key.Signature($"GET,{address.OriginalString},{EmptyBody}"));

        using var limit = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            if (response.StatusCode >= HttpStatusCode.BadRequest)
            {
                throw new RegistryStatusException(
                    response.StatusCode, $"{(int)response.StatusCode}: {body}", Responses.RetryAfter(response, time));
            }

            return Token(body);
        }
        catch (OperationCanceledException error) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no token came within {options.StallTimeout.TotalSeconds:0.#} s", error);
        }
    }

    private Uri Address(Challenge challenge)
    {
        var known = Uri.TryCreate(challenge.Realm, UriKind.Absolute, out var realm);
        var host = known ? Host(realm!) : "";

        // A signature or an anonymous request goes to the registry's own host only, as with the reference. A password is given for
        // a registry by its user, and container registries keep their tokens elsewhere; it still never leaves an encrypted line.
        if (_credential is null ? host != Host(origin) : host.Length == 0)
            throw new StoreException(new StoreFailure.Untrusted($"realm host \"{host}\" does not match original host \"{Host(origin)}\""));
        if (realm!.Scheme != Uri.UriSchemeHttps && origin.Scheme == Uri.UriSchemeHttps)
            throw new StoreException(new StoreFailure.Untrusted($"the realm {challenge.Realm} is not encrypted"));

        List<(string Key, string Value)> query = [("service", challenge.Service)];
        query.AddRange(challenge.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(scope => ("scope", scope)));
        if (_credential is null)
        {
            query.Add(("ts", time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
            query.Add(
                ("nonce", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', '-').Replace('/', '_')));
        }

        var text = string.Join(
            '&', query.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        return new Uri($"{realm.GetLeftPart(UriPartial.Path)}?{text}");
    }

    private static string Host(Uri uri) => uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}";

    private static string Token(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            foreach (var key in (ReadOnlySpan<string>)["token", "access_token"])
            {
                if (document.RootElement.TryGetProperty(key, out var token) && token.GetString() is { Length: > 0 } text)
                    return text;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw StoreException.RegistryFailed("the registry's token cannot be read", inner: error);
        }

        throw StoreException.RegistryFailed("the registry gave no token");
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Webhooks;

/// <summary>What a header must say of a body, by provider. All secrets are tried, always, so that time tells nothing.</summary>
internal static class WebhookSignature
{
    internal const string GitLabToken = "X-Gitlab-Token";
    internal const string StandardId = "webhook-id";
    internal const string StandardTime = "webhook-timestamp";
    internal const string StandardSignature = "webhook-signature";

    /// <summary>How far the clock of who sends may be off, and how long a message may be under way.</summary>
    internal static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Sha256 = "sha256=";
    private const string Version1 = "v1,";
    private const int MostSignatures = 8;

    /// <summary>The header that carries the signature.</summary>
    internal static string HeaderOf(WebhookOptions options) => options.Provider switch
    {
        WebhookProvider.GitHub => "X-Hub-Signature-256",
        WebhookProvider.GitLab => StandardSignature,
        WebhookProvider.GitLabToken => GitLabToken,
        WebhookProvider.Gitea => "X-Gitea-Signature",
        WebhookProvider.Forgejo => "X-Forgejo-Signature",
        WebhookProvider.Bitbucket => "X-Hub-Signature",
        _ => options.Header,
    };

    /// <summary>Whether one of the secrets signed the body.</summary>
    internal static bool IsGood(
        WebhookOptions options, IHeaderDictionary headers, byte[] body, ImmutableArray<string> secrets, DateTimeOffset now)
    {
        // A header that is there twice could be read in two ways.
        if (headers[HeaderOf(options)] is not [{ } value])
            return false;
        if (options.Provider == WebhookProvider.GitLab)
            return IsStandard(headers, value, body, secrets, now);
        if (options.Provider == WebhookProvider.GitLabToken)
            return Any(secrets, secret => Same(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(value)));
        var isBare = options.Provider is WebhookProvider.Gitea or WebhookProvider.Forgejo;
        if (!isBare && !value.StartsWith(Sha256, StringComparison.Ordinal))
            return false;
        var digits = isBare ? value : value[Sha256.Length..];
        if (digits.Length != 2 * HMACSHA256.HashSizeInBytes || !digits.All(char.IsAsciiHexDigit))
            return false;
        var signature = Convert.FromHexString(digits);
        return Any(secrets, secret => Same(HMACSHA256.HashData(WebhookSecret.KeyOf(secret), body), signature));
    }

    /// <summary>Signs a body as the provider would.</summary>
    internal static IEnumerable<(string Name, string Value)> Sign(
        WebhookOptions options, byte[] body, string secret, string id, DateTimeOffset now)
    {
        var key = WebhookSecret.KeyOf(secret);
        if (options.Provider == WebhookProvider.GitLabToken)
            return [(GitLabToken, secret)];
        if (options.Provider == WebhookProvider.GitLab)
        {
            var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            return
            [
                (StandardId, id), (StandardTime, time),
                (StandardSignature, Version1 + Convert.ToBase64String(HMACSHA256.HashData(key, Signed(id, time, body)))),
            ];
        }

        var digits = Convert.ToHexStringLower(HMACSHA256.HashData(key, body));
        return [(HeaderOf(options), options.Provider is WebhookProvider.Gitea or WebhookProvider.Forgejo ? digits : Sha256 + digits)];
    }

    private static bool IsStandard(
        IHeaderDictionary headers, string value, byte[] body, ImmutableArray<string> secrets, DateTimeOffset now)
    {
        if (headers[StandardId] is not [{ Length: > 0 } id] || headers[StandardTime] is not [{ } time]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) > (decimal)Tolerance.TotalSeconds)
        {
            return false;
        }

        var signatures = value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part.StartsWith(Version1, StringComparison.Ordinal)).Take(MostSignatures)
            .Select(part => BytesOf(part[Version1.Length..])).ToArray();
        var signed = Signed(id, time, body);
        return Any(secrets, secret =>
        {
            var wanted = HMACSHA256.HashData(WebhookSecret.KeyOf(secret), signed);
            return signatures.Aggregate(false, (found, signature) => Same(wanted, signature) | found);
        });
    }

    private static byte[] Signed(string id, string time, byte[] body) => [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. body];

    private static byte[] BytesOf(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }

    private static bool Any(ImmutableArray<string> secrets, Func<string, bool> matches) =>
        secrets.Aggregate(false, (found, secret) => matches(secret) | found);

    private static bool Same(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);
}

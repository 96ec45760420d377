using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ModelOps.Reconciler.Delivery;

namespace ModelOps.Http.Webhooks;

/// <summary>What a header must say of a body, by provider. All secrets are tried, always, so that time tells nothing.</summary>
internal static class WebhookSignature
{
    internal const string GitLabToken = "X-Gitlab-Token";

    /// <summary>How far the clock of who sends may be off, and how long a message may be under way.</summary>
    internal static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Sha256 = "sha256=";
    private const int MostSignatures = 8;

    /// <summary>The header that carries the signature.</summary>
    internal static string HeaderOf(WebhookOptions options) => options.Provider switch
    {
        WebhookProvider.GitHub => "X-Hub-Signature-256",
        WebhookProvider.GitLab => StandardWebhook.Signature,
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
        return Any(secrets, secret => Same(StandardWebhook.Digest(secret, body), signature));
    }

    /// <summary>Signs a body as the provider would.</summary>
    internal static IEnumerable<(string Name, string Value)> Sign(
        WebhookOptions options, byte[] body, string secret, string id, DateTimeOffset now)
    {
        if (options.Provider == WebhookProvider.GitLabToken)
            return [(GitLabToken, secret)];
        if (options.Provider == WebhookProvider.GitLab)
            return StandardWebhook.Sign(id, now, body, [secret]);
        var digits = Convert.ToHexStringLower(StandardWebhook.Digest(secret, body));
        return [(HeaderOf(options), options.Provider is WebhookProvider.Gitea or WebhookProvider.Forgejo ? digits : Sha256 + digits)];
    }

    private static bool IsStandard(
        IHeaderDictionary headers, string value, byte[] body, ImmutableArray<string> secrets, DateTimeOffset now)
    {
        if (headers[StandardWebhook.Id] is not [{ Length: > 0 } id] || headers[StandardWebhook.Time] is not [{ } time]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) > (decimal)Tolerance.TotalSeconds)
        {
            return false;
        }

        var signatures = value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part.StartsWith(StandardWebhook.Version1, StringComparison.Ordinal)).Take(MostSignatures)
            .Select(part => BytesOf(part[StandardWebhook.Version1.Length..])).ToArray();
        var signed = StandardWebhook.Signed(id, time, body);
        return Any(secrets, secret =>
        {
            var wanted = StandardWebhook.Digest(secret, signed);
            return signatures.Aggregate(false, (found, signature) => Same(wanted, signature) | found);
        });
    }

    private static byte[] BytesOf(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }

    private static bool Any(ImmutableArray<string> secrets, Func<string, bool> matches) =>
        secrets.Aggregate(false, (found, secret) => matches(secret) | found);

    private static bool Same(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);
}

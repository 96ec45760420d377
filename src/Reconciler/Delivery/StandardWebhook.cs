using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ModelOps.Reconciler.Delivery;

/// <summary>
/// Signatures as the Standard Webhooks specification, version 1, has them: HMAC-SHA256 over the id, the time and the bytes of the body.
/// </summary>
public static class StandardWebhook
{
    /// <summary>Header of the id, which stays the same when a message is sent again.</summary>
    public const string Id = "webhook-id";

    /// <summary>Header of the time: seconds since 1970.</summary>
    public const string Time = "webhook-timestamp";

    /// <summary>Header of the signatures, one for each secret, separated by spaces.</summary>
    public const string Signature = "webhook-signature";

    /// <summary>What a signature begins with.</summary>
    public const string Version1 = "v1,";

    /// <summary>What a secret begins with whose key stands encoded behind it.</summary>
    public const string Encoded = "whsec_";

    /// <summary>The three headers of a message.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="now">When it is sent.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="secrets">Secrets of which any may be known to the receiver.</param>
    public static IEnumerable<(string Name, string Value)> Sign(string id, DateTimeOffset now, byte[] body, IEnumerable<string> secrets)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Signed(id, time, body);
        return
        [
            (Id, id),
            (Time, time),
            (Signature, string.Join(' ', secrets.Select(secret => Version1 + Convert.ToBase64String(Digest(secret, signed))))),
        ];
    }

    /// <summary>What is signed.</summary>
    public static byte[] Signed(string id, string time, byte[] body) => [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. body];

    /// <summary>The HMAC of bytes.</summary>
    public static byte[] Digest(string secret, byte[] bytes) => HMACSHA256.HashData(KeyOf(secret), bytes);

    /// <summary>What stands encoded behind the prefix, else the characters.</summary>
    private static byte[] KeyOf(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.StartsWith(Encoded, StringComparison.Ordinal))
        {
            var key = new byte[secret.Length];
            if (Convert.TryFromBase64String(secret[Encoded.Length..], key, out var length))
                return key[..length];
        }

        return Encoding.UTF8.GetBytes(secret);
    }
}

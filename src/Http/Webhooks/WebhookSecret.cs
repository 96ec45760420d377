using System.Security.Cryptography;
using System.Text;

namespace ModelOps.Http.Webhooks;

/// <summary>Secrets that a provider and this host share.</summary>
public static class WebhookSecret
{
    /// <summary>Fewest characters of one.</summary>
    public const int Shortest = 32;

    private const string Encoded = "whsec_";
    private const int Bytes = 32;

    /// <summary>Makes one, in the form that the provider takes.</summary>
    public static string Create(WebhookProvider provider)
    {
        var bytes = RandomNumberGenerator.GetBytes(Bytes);
        return provider == WebhookProvider.GitLab ? Encoded + Convert.ToBase64String(bytes) : Convert.ToHexStringLower(bytes);
    }

    /// <summary>What messages are signed with: for Standard Webhooks what stands encoded behind the prefix, else the characters.</summary>
    internal static byte[] KeyOf(string secret)
    {
        if (secret.StartsWith(Encoded, StringComparison.Ordinal))
        {
            var key = new byte[secret.Length];
            if (Convert.TryFromBase64String(secret[Encoded.Length..], key, out var length))
                return key[..length];
        }

        return Encoding.UTF8.GetBytes(secret);
    }
}

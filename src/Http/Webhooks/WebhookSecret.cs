using System.Security.Cryptography;
using ModelOps.Reconciler.Delivery;

namespace ModelOps.Http.Webhooks;

/// <summary>Secrets that a provider and this host share.</summary>
public static class WebhookSecret
{
    /// <summary>Fewest characters of one.</summary>
    public const int Shortest = 32;

    private const int Bytes = 32;

    /// <summary>Makes one, in the form that the provider takes.</summary>
    public static string Create(WebhookProvider provider)
    {
        var bytes = RandomNumberGenerator.GetBytes(Bytes);
        return provider == WebhookProvider.GitLab
            ? StandardWebhook.Encoded + Convert.ToBase64String(bytes)
            : Convert.ToHexStringLower(bytes);
    }
}

using System.Text;

namespace ModelOps.Http.Webhooks;

/// <summary>A call as a provider would send it, for a try.</summary>
/// <param name="Path">Path of the receiver.</param>
/// <param name="Headers">Headers besides the content type, which is JSON's.</param>
/// <param name="Body">The body.</param>
public sealed record WebhookCall(string Path, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>The path of a receiver.</summary>
    public static string PathOf(WebhookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return $"{WebhookEndpoints.Path}{options.Source}/{options.Part}";
    }

    /// <summary>Makes a call that says that the source has something new.</summary>
    /// <param name="options">The receiver.</param>
    /// <param name="id">An id that no other call has.</param>
    /// <param name="now">The time.</param>
    public static WebhookCall Of(WebhookOptions options, string id, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(options);
        var body = Encoding.UTF8.GetBytes("""{"test":true}""");
        var delivery = options.Provider switch
        {
            WebhookProvider.GitHub => "X-GitHub-Delivery",
            WebhookProvider.Gitea => "X-Gitea-Delivery",
            WebhookProvider.Forgejo => "X-Forgejo-Delivery",
            WebhookProvider.GitLabToken => "X-Gitlab-Event-UUID",
            _ => "X-Request-UUID",
        };
        return new WebhookCall(
            PathOf(options),
            [(delivery, id), .. WebhookSignature.Sign(options, body, options.Secrets()[0], id, now)], body);
    }
}

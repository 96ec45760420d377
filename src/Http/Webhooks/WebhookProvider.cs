namespace ModelOps.Http.Webhooks;

/// <summary>Who sends, and so how it is signed.</summary>
public enum WebhookProvider
{
    /// <summary><c>X-Hub-Signature-256</c>.</summary>
    GitHub,

    /// <summary>Signed as Standard Webhooks are: <c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c>.</summary>
    GitLab,

    /// <summary><c>X-Gitlab-Token</c>: the secret itself, in every request.</summary>
    GitLabToken,

    /// <summary><c>X-Gitea-Signature</c>.</summary>
    Gitea,

    /// <summary><c>X-Forgejo-Signature</c>.</summary>
    Forgejo,

    /// <summary><c>X-Hub-Signature</c>, of SHA-256 alone.</summary>
    Bitbucket,

    /// <summary>A header that the host names.</summary>
    Generic,
}

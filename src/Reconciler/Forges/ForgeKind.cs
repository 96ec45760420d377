namespace ModelOps.Reconciler.Forges;

/// <summary>Whose interface a forge has.</summary>
public enum ForgeKind
{
    /// <summary>GitHub.</summary>
    GitHub,

    /// <summary>GitLab.</summary>
    GitLab,

    /// <summary>Gitea and Forgejo.</summary>
    Gitea,

    /// <summary>Bitbucket Cloud.</summary>
    Bitbucket,
}

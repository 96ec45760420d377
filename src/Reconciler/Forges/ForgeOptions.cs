namespace ModelOps.Reconciler.Forges;

/// <summary>Where the state of a source's commits is told.</summary>
/// <param name="Source">The source.</param>
/// <param name="Kind">Whose interface the forge has.</param>
/// <param name="Api">Address of the interface, such as <c>https://api.github.com/</c>.</param>
/// <param name="Repository">The repository there, such as <c>team/models</c>.</param>
/// <param name="TokenFile">File whose first line is the token; read for each call.</param>
public sealed record ForgeOptions(string Source, ForgeKind Kind, Uri Api, string Repository, string TokenFile)
{
    /// <summary>What the status is called there; one for each machine, or they overwrite each other.</summary>
    public string Context { get; init; } = "modelops";

    /// <summary>The page that it leads to; null for none, except where the forge wants one.</summary>
    public Uri? Link { get; init; }

    /// <summary>The address that a forge has by itself; null where everybody has their own.</summary>
    public static Uri? UsualApi(ForgeKind kind) => kind switch
    {
        ForgeKind.GitHub => new Uri("https://api.github.com/"),
        ForgeKind.GitLab => new Uri("https://gitlab.com/api/v4/"),
        ForgeKind.Bitbucket => new Uri("https://api.bitbucket.org/2.0/"),
        _ => null,
    };
}

namespace ModelOps.Reconciler.Forges;

/// <summary>A pull request, or a merge request.</summary>
/// <param name="Kind">Whose interface the forge has.</param>
/// <param name="Api">Address of the interface.</param>
/// <param name="Repository">The repository there, such as <c>team/models</c>.</param>
/// <param name="Number">Its number there.</param>
public sealed record PullRequest(ForgeKind Kind, Uri Api, string Repository, int Number)
{
    /// <summary>Most characters of a comment there.</summary>
    public int LongestComment => Kind switch
    {
        ForgeKind.Bitbucket => 32_000,
        ForgeKind.GitLab => 200_000,
        _ => 60_000,
    };

    /// <summary>Address of the request itself.</summary>
    internal Uri Address => ForgeCall.Address(Api, $"{Repo}/{Requests}/{Number}");

    /// <summary>Address of its comments.</summary>
    internal Uri Comments => ForgeCall.Address(
        Api,
        Kind switch
        {
            ForgeKind.GitLab => $"{Repo}/{Requests}/{Number}/notes",
            ForgeKind.Bitbucket => $"{Repo}/{Requests}/{Number}/comments",
            _ => $"{Repo}/issues/{Number}/comments",
        });

    private string Repo => ForgeCall.PathOf(Kind, Repository);

    private string Requests => Kind switch
    {
        ForgeKind.GitLab => "merge_requests",
        ForgeKind.Bitbucket => "pullrequests",
        _ => "pulls",
    };

    /// <summary>Address of one page of its comments; pages begin with 1.</summary>
    internal Uri PageOf(int page, int size)
    {
        var name = Kind == ForgeKind.Bitbucket ? "pagelen" : "per_page";
        return new Uri($"{Comments.AbsoluteUri}?{name}={size}&page={page}");
    }

    /// <summary>Address of one comment, to change it.</summary>
    internal Uri CommentAt(long id) => Kind is ForgeKind.GitHub or ForgeKind.Gitea
        ? ForgeCall.Address(Api, $"{Repo}/issues/comments/{id}")
        : new Uri($"{Comments.AbsoluteUri}/{id}");

    /// <summary>How a comment is changed.</summary>
    internal HttpMethod Change => Kind is ForgeKind.GitHub or ForgeKind.Gitea ? HttpMethod.Patch : HttpMethod.Put;
}

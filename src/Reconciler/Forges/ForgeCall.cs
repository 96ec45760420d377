using System.Net.Http.Headers;

namespace ModelOps.Reconciler.Forges;

/// <summary>What all calls of a forge have in common.</summary>
internal static class ForgeCall
{
    /// <summary>A call with the token where this forge looks for it.</summary>
    internal static HttpRequestMessage Of(ForgeKind kind, HttpMethod method, Uri address, string token, byte[]? body = null)
    {
        var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("modelops", "1"));
        if (kind == ForgeKind.GitLab)
            request.Headers.Add("PRIVATE-TOKEN", token);
        else
            request.Headers.Authorization = new AuthenticationHeaderValue(kind == ForgeKind.Gitea ? "token" : "Bearer", token);
        if (kind == ForgeKind.GitHub)
        {
            request.Headers.Accept.ParseAdd("application/vnd.github+json");
            request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
        }

        return request;
    }

    /// <summary>The path of a repository, without a slash at either end.</summary>
    internal static string PathOf(ForgeKind kind, string repository)
    {
        var path = string.Join('/', repository.Split('/').Select(Uri.EscapeDataString));
        return kind switch
        {
            ForgeKind.GitLab => $"projects/{Uri.EscapeDataString(repository)}",
            ForgeKind.Bitbucket => $"repositories/{path}",
            _ => $"repos/{path}",
        };
    }

    internal static Uri Address(Uri api, string path) => new(api.AbsoluteUri.TrimEnd('/') + "/" + path);
}

using System.Text.Json;

namespace ModelOps.Reconciler.Forges;

/// <summary>The call that tells a forge the state of a commit.</summary>
internal static class CommitStatusRequest
{
    // The shortest limit of the forges; more is cut off there, or refused.
    private const int LongestText = 140;

    internal static HttpRequestMessage Of(ForgeOptions forge, CommitStatus status, string token) =>
        ForgeCall.Of(forge.Kind, HttpMethod.Post, AddressOf(forge, status.Commit), token, BodyOf(forge, status));

    private static Uri AddressOf(ForgeOptions forge, string commit)
    {
        var path = forge.Kind == ForgeKind.Bitbucket ? $"commit/{commit}/statuses/build" : $"statuses/{commit}";
        return ForgeCall.Address(forge.Api, $"{ForgeCall.PathOf(forge.Kind, forge.Repository)}/{path}");
    }

    private static byte[] BodyOf(ForgeOptions forge, CommitStatus status)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            var (context, link) = forge.Kind == ForgeKind.Bitbucket ? ("key", "url") : ("context", "target_url");
            json.WriteStartObject();
            json.WriteString("state", Word(forge.Kind, status.State));
            json.WriteString(context, forge.Context);
            if (forge.Kind == ForgeKind.Bitbucket)
                json.WriteString("name", forge.Context);
            json.WriteString("description", Short(status.Text));
            if (forge.Link is { } page)
                json.WriteString(link, page.AbsoluteUri);
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private static string Word(ForgeKind kind, CommitState state) => (kind, state) switch
    {
        (ForgeKind.Bitbucket, CommitState.Pending) => "INPROGRESS",
        (ForgeKind.Bitbucket, CommitState.Success) => "SUCCESSFUL",
        (ForgeKind.Bitbucket, _) => "FAILED",
        (ForgeKind.GitLab, CommitState.Failure) => "failed",
        (_, CommitState.Pending) => "pending",
        (_, CommitState.Success) => "success",
        _ => "failure",
    };

    private static string Short(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= LongestText ? line : line[..(LongestText - 1)] + "…";
    }
}

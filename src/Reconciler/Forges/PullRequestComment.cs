using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ModelOps.Reconciler.Forges;

/// <summary>
/// The one comment of a pull request that is ours: it is changed where it stands, and made when there is none. Ours is what begins with our
/// mark and was written by whom the token belongs to: anybody else can write the mark as well.
/// </summary>
/// <param name="request">The pull request.</param>
/// <param name="token">The token.</param>
/// <param name="http">Sends; it follows no redirect, and has a time limit of its own for each call.</param>
public sealed class PullRequestComment(PullRequest request, string token, HttpClient http)
{
    private const int PageSize = 50;
    private const int MostPages = 40;
    private const int MostBytes = 16 << 20;

    /// <summary>Who writes with the token that a job of GitHub is given; that token may not ask who it is.</summary>
    private const string JobOfGitHub = "github-actions[bot]";

    /// <summary>The newest commit of the pull request, as the forge names it; some give its first digits alone.</summary>
    /// <exception cref="ForgeException">The forge refuses, or answers what it should not.</exception>
    public async Task<string> HeadAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(HttpMethod.Get, request.Address, body: null, cancellationToken);
        var head = request.Kind switch
        {
            ForgeKind.GitLab => Find(answer.RootElement, "sha"),
            ForgeKind.Bitbucket => Find(answer.RootElement, "source", "commit", "hash"),
            _ => Find(answer.RootElement, "head", "sha"),
        };
        return head is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: >= 7 } id
            ? id
            : throw new ForgeException($"{request.Api.Host} does not say which commit {request.Number} has");
    }

    /// <summary>Writes the comment.</summary>
    /// <param name="mark">A line that it begins with and by which it is found.</param>
    /// <param name="text">The text below that.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>True when it was new, false when it stood there already.</returns>
    /// <exception cref="ForgeException">The forge refuses, or answers what it should not.</exception>
    public async Task<bool> WriteAsync(string mark, string text, CancellationToken cancellationToken)
    {
        var body = BodyOf($"{mark}\n\n{text}");
        var own = await FindAsync(mark, await AuthorAsync(cancellationToken), cancellationToken);
        var (method, address) = own is { } id ? (request.Change, request.CommentAt(id)) : (HttpMethod.Post, request.Comments);
        using var answer = await AskAsync(method, address, body, cancellationToken);
        return own is null;
    }

    private async Task<string> AuthorAsync(CancellationToken cancellationToken)
    {
        var address = ForgeCall.Address(request.Api, "user");
        try
        {
            using var answer = await AskAsync(HttpMethod.Get, address, body: null, cancellationToken);
            return AuthorOf(answer.RootElement) ?? throw new ForgeException($"{request.Api.Host} does not say whose the token is");
        }
        catch (ForgeException error) when (request.Kind == ForgeKind.GitHub && error.Status == HttpStatusCode.Forbidden)
        {
            return JobOfGitHub;
        }
    }

    /// <summary>The id of our comment; null when there is none.</summary>
    private async Task<long?> FindAsync(string mark, string author, CancellationToken cancellationToken)
    {
        for (var page = 1; page <= MostPages; page++)
        {
            using var answer = await AskAsync(HttpMethod.Get, request.PageOf(page, PageSize), body: null, cancellationToken);
            var list = request.Kind == ForgeKind.Bitbucket ? Find(answer.RootElement, "values") : answer.RootElement;
            if (list is not { ValueKind: JsonValueKind.Array } comments)
                throw new ForgeException($"{request.Api.Host} answered something else than a list of comments");
            foreach (var comment in comments.EnumerateArray())
            {
                var text = request.Kind == ForgeKind.Bitbucket ? Find(comment, "content", "raw") : Find(comment, "body");
                var writer = Find(comment, request.Kind == ForgeKind.GitLab ? "author" : "user");
                if (text is { ValueKind: JsonValueKind.String } body && IsMarked(body.GetString()!, mark)
                    && writer is { } user && AuthorOf(user) == author && Find(comment, "id") is { } id && id.TryGetInt64(out var number))
                {
                    return number;
                }
            }

            // Gitea answers with all of them at once, whatever page is asked for.
            if (request.Kind == ForgeKind.Gitea || comments.GetArrayLength() < PageSize)
                return null;
        }

        throw new ForgeException($"{request.Number} has more than {MostPages * PageSize} comments; ours is not among the first of them");
    }

    private static bool IsMarked(string text, string mark) =>
        text.StartsWith(mark, StringComparison.Ordinal) && (text.Length == mark.Length || text[mark.Length] is '\n' or '\r');

    /// <summary>What tells people apart there.</summary>
    private string? AuthorOf(JsonElement user)
    {
        var name = Find(user, request.Kind switch
        {
            ForgeKind.GitLab => "username",
            ForgeKind.Bitbucket => "uuid",
            _ => "login",
        });
        return name is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
    }

    private static JsonElement? Find(JsonElement json, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(key, out json))
                return null;
        }

        return json;
    }

    private byte[] BodyOf(string text)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            if (request.Kind == ForgeKind.Bitbucket)
            {
                json.WriteStartObject("content"u8);
                json.WriteString("raw"u8, text);
                json.WriteEndObject();
            }
            else
            {
                json.WriteString("body"u8, text);
            }

            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private async Task<JsonDocument> AskAsync(HttpMethod method, Uri address, byte[]? body, CancellationToken cancellationToken)
    {
        try
        {
            using var call = ForgeCall.Of(request.Kind, method, address, token, body);
            using var answer = await http.SendAsync(call, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
                throw new ForgeException($"{method} {address.AbsolutePath} at {address.Host} answered {status}", answer.StatusCode);
            }

            await answer.Content.LoadIntoBufferAsync(MostBytes, cancellationToken);
            return JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception error) when (error is HttpRequestException or JsonException
            || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ForgeException($"{method} {address.AbsolutePath} at {address.Host}: {error.Message}", error);
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>
/// A forge with one request, number 7 of <c>team/models</c>, as GitHub or GitLab answers for it; at <c>hook</c> it takes notifications.
/// </summary>
internal sealed class FakeForge : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;
    private int _next = 100;

    internal FakeForge()
    {
        (_listener, Address) = LoopbackListener.Start("api/");
        _serving = ServeAsync();
    }

    internal string Address { get; }

    internal bool IsGitLab { get; set; }

    /// <summary>The commit that the request has.</summary>
    internal string Head { get; set; } = "";

    internal ConcurrentDictionary<int, string> Comments { get; } = new();

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                var answer = await AnswerAsync(context.Request);
                context.Response.StatusCode = answer is null ? 404 : 200;
                if (answer is not null)
                    await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString()));
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // It is closed.
        }
    }

    private async Task<JsonNode?> AnswerAsync(HttpListenerRequest request)
    {
        if (request is { HttpMethod: "POST", RawUrl: "/api/hook" })
            return new JsonObject();
        var token = IsGitLab ? request.Headers["PRIVATE-TOKEN"] : request.Headers["Authorization"];
        if (token != (IsGitLab ? "t-1" : "Bearer t-1"))
            return null;
        var path = request.RawUrl!["/api/".Length..].Split('?')[0];
        var own = IsGitLab ? new JsonObject { ["username"] = "bot" } : new JsonObject { ["login"] = "bot" };
        var text = request.HasEntityBody ? JsonNode.Parse(await new StreamReader(request.InputStream).ReadToEndAsync())! : null;
        var comments = IsGitLab ? "projects/team%2Fmodels/merge_requests/7/notes" : "repos/team/models/issues/7/comments";
        var one = IsGitLab ? comments + "/" : "repos/team/models/issues/comments/";
        return (request.HttpMethod, path) switch
        {
            ("GET", "user") => own,
            ("GET", "projects/team%2Fmodels/merge_requests/7") when IsGitLab => new JsonObject { ["sha"] = Head },
            ("GET", "repos/team/models/pulls/7") when !IsGitLab => new JsonObject { ["head"] = new JsonObject { ["sha"] = Head } },
            ("GET", _) when path == comments => new JsonArray(
                [.. Comments.Select(comment => (JsonNode)new JsonObject
                {
                    ["id"] = comment.Key, ["body"] = comment.Value, [IsGitLab ? "author" : "user"] = own.DeepClone(),
                })]),
            ("POST", _) when path == comments => Write(_next++, text!),
            ("PATCH" or "PUT", _) when path.StartsWith(one, StringComparison.Ordinal)
                && request.HttpMethod == (IsGitLab ? "PUT" : "PATCH") => Write(int.Parse(path[one.Length..]), text!),
            _ => null,
        };
    }

    private JsonObject Write(int id, JsonNode text)
    {
        Comments[id] = (string)text["body"]!;
        return new JsonObject { ["id"] = id };
    }
}

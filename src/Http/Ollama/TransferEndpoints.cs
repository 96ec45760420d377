using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;

namespace ModelOps.Http.Ollama;

/// <summary><c>/api/pull</c> and <c>/api/push</c> (2.6).</summary>
internal sealed class TransferEndpoints(IModelTransfer? transfer, ModelNames names, StoreChanges changes)
{
    internal async Task PullAsync(HttpContext context)
    {
        var (text, insecure, stream) = await ReadAsync(context, "PullRequest");
        var name = ModelNames.Require(text, "remote model is unavailable", whenEmpty: "invalid model name");
        names.RequireUnmanaged(name);
        var known = Required();
        await ProgressReply.RunAsync(
            context, stream, (progress, cancellationToken) => changes.RunAsync(
                context, "pull", name.PlainName, "", () => known.PullAsync(name, insecure, progress, cancellationToken)));
    }

    internal async Task PushAsync(HttpContext context)
    {
        var (text, insecure, stream) = await ReadAsync(context, "PushRequest");
        var name = ModelNames.Require(text, "remote model is unavailable");
        var known = Required();
        await ProgressReply.RunAsync(
            context, stream, (progress, cancellationToken) => changes.RunAsync(
                context, "push", name.PlainName, "", () => known.PushAsync(name, insecure, progress, cancellationToken)));
    }

    private static async Task<(string Name, bool Insecure, bool Stream)> ReadAsync(HttpContext context, string type)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", type);
        body.Text("username");
        body.Text("password");
        return (ModelNames.Read(body), body.Flag("insecure") ?? false, body.Flag("stream") ?? true);
    }

    private IModelTransfer Required() => transfer ?? throw new RequestException(501, "this server has no access to a registry");
}

using Microsoft.AspNetCore.Http;
using ModelOps.Http.Reading;

namespace ModelOps.Http.Api;

/// <summary><c>/api/pull</c> and <c>/api/push</c> (2.6).</summary>
internal sealed class TransferEndpoints(IModelTransfer? transfer, ModelNames names)
{
    internal async Task PullAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "PullRequest");
        var name = ModelNames.Require(Name(body), "remote model is unavailable", whenEmpty: "invalid model name");
        names.RequireUnmanaged(name);
        var (known, insecure) = (Required(), body.Flag("insecure") ?? false);
        await ProgressReply.RunAsync(
            context, body.Flag("stream") ?? true, (progress, cancellationToken) => known.PullAsync(name, insecure, progress, cancellationToken));
    }

    internal async Task PushAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "PushRequest");
        var name = ModelNames.Require(Name(body), "remote model is unavailable");
        var (known, insecure) = (Required(), body.Flag("insecure") ?? false);
        await ProgressReply.RunAsync(
            context, body.Flag("stream") ?? true, (progress, cancellationToken) => known.PushAsync(name, insecure, progress, cancellationToken));
    }

    private static string Name(RequestObject body) => body.Text("model") is { Length: > 0 } model ? model : body.Text("name");

    private IModelTransfer Required() => transfer ?? throw new RequestException(501, "this server has no access to a registry");
}

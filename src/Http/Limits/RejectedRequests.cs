using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ModelOps.Http.Limits;

/// <summary>
/// Gives a body to the replies of requests that the web server rejects before they reach the gate: it answers them with a bare status,
/// which does not say which limit was hit. It raises an event before it writes that; from then on only what is said here goes to the
/// client.
/// </summary>
/// <param name="limits">The limits that hold.</param>
/// <param name="write">Writes an error in the envelope of the surface that the request's path belongs to.</param>
internal sealed class RejectedRequests(
    HttpLimits limits, Func<HttpContext, string, RequestException, Task> write) : IObserver<KeyValuePair<string, object?>>
{
    private const string Rejected = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>The only event that is listened to, so that other events cost requests nothing.</summary>
    internal static bool IsOfInterest(string name) => name == Rejected;

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == Rejected && value.Value is IFeatureCollection features
            && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException error
            && !HttpProtocol.IsHttp2(features.Get<IHttpRequestFeature>()?.Protocol ?? "")
            && features.Get<IHttpResponseFeature>() is { HasStarted: false } && features.Get<OpenConnection>() is { } connection)
        {
            connection.LastWords = Reply(features.Get<IHttpRequestFeature>(), error);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    // The reply is written into memory, so the call never blocks.
    private byte[] Reply(IHttpRequestFeature? request, BadHttpRequestException error) => RawReply.OfAsync(
        write,
        request?.RawTarget ?? "",
        LimitText.Of(error, limits, inBody: false),
        request?.Method is { } method && HttpMethods.IsHead(method)).GetAwaiter().GetResult();
}

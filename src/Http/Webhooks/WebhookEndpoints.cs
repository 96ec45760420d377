using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Limits;
using ModelOps.Http.Metrics;
using ModelOps.Http.Replies;
using ModelOps.Http.Routing;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Delivery;

namespace ModelOps.Http.Webhooks;

/// <summary>
/// Takes the calls of providers under <c>/modelops/v1/webhooks/{source}/{part}</c>. A call is a hint to look at the source, nothing more.
/// </summary>
/// <param name="receivers">Who may call.</param>
/// <param name="control">Takes the hint.</param>
/// <param name="time">The clock.</param>
internal sealed class WebhookEndpoints(ImmutableArray<WebhookOptions> receivers, IReconcilerControl? control, TimeProvider time)
{
    internal const string Path = "/modelops/v1/webhooks/";

    private const int MostBytes = 1 << 20;

    // What signed calls of one source may have looked at: more would bring nothing, since a look is for all that is new.
    private const double Burst = 20;
    private const double PerSecond = 2;

    // What any address may call.
    private const double CallBurst = 30;
    private const double CallsPerSecond = 10;

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    private static readonly string[] s_deliveries = ["X-GitHub-Delivery", "X-Gitea-Delivery", "X-Forgejo-Delivery", "X-Request-UUID",
        "X-Gitlab-Event-UUID"];

    private readonly CallerLimit _callers = new(CallBurst, CallsPerSecond, time);
    private readonly RecentDeliveries _deliveries = new(time);
    private readonly ImmutableDictionary<string, TokenBucket> _looks =
        receivers.ToImmutableDictionary(receiver => receiver.Source, _ => new TokenBucket(Burst, PerSecond, time), StringComparer.Ordinal);

    private static RequestException Busy => new(StatusCodes.Status429TooManyRequests, "too many calls");

    private static RequestException TooLarge => new(StatusCodes.Status413PayloadTooLarge, "the body is too large");

    /// <summary>Says that the address is one, and nothing else.</summary>
    internal Task HealthAsync(HttpContext context)
    {
        if (!_callers.Admits(context.Connection.RemoteIpAddress))
            throw Busy;
        Find(context);
        return JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("ok"u8, true);
            json.WriteEndObject();
        });
    }

    /// <summary>Takes a call: the limit first, then the bytes, then their signature, and only then what they say.</summary>
    internal async Task ReceiveAsync(HttpContext context)
    {
        if (!_callers.Admits(context.Connection.RemoteIpAddress))
        {
            HttpMetrics.CountWebhook("", StatusCodes.Status429TooManyRequests);
            context.Response.Headers.RetryAfter = "1";
            throw Busy;
        }

        var receiver = Find(context);
        try
        {
            await ReceiveAsync(context, receiver);
            HttpMetrics.CountWebhook(receiver.Source, StatusCodes.Status202Accepted);
        }
        catch (RequestException refused)
        {
            HttpMetrics.CountWebhook(receiver.Source, refused.Status);
            throw;
        }
    }

    private async Task ReceiveAsync(HttpContext context, WebhookOptions receiver)
    {
        if (!IsJson(context.Request.ContentType))
            throw new RequestException(StatusCodes.Status415UnsupportedMediaType, "the content type must be application/json");
        var body = await ReadAsync(context);
        if (!WebhookSignature.IsGood(receiver, context.Request.Headers, body, receiver.Secrets(), time.GetUtcNow()))
            throw new RequestException(StatusCodes.Status401Unauthorized, "unauthorized");
        if (!IsNews(receiver, context.Request.Headers, body))
        {
            await AnswerAsync(context, token: null);
            return;
        }

        if (!_looks[receiver.Source].TryTake())
        {
            context.Response.Headers.RetryAfter = "1";
            throw Busy;
        }

        await AnswerAsync(context, Ask(receiver));
    }

    private static bool IsJson(string? type) =>
        type?.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) == true;

    private static Task AnswerAsync(HttpContext context, string? token) =>
        JsonReply.WriteLineAsync(context, StatusCodes.Status202Accepted, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("requested"u8, token is not null);
            if (token is not null)
                json.WriteString("token"u8, token);
            json.WriteEndObject();
        });

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MostBytes)
            throw TooLarge;
        await using var body = new BoundedBody(context.Request.Body, MostBytes, () => TooLarge);
        var reading = IncomingBodies.Of(context).ReadAsync(context, body, MostBytes);
        try
        {
            return await reading.WaitAsync(s_deadline, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            throw new RequestException(StatusCodes.Status408RequestTimeout, "the body came too slowly");
        }
    }

    /// <summary>The receiver of an address. One that is none looks as any other path that is none.</summary>
    private WebhookOptions Find(HttpContext context)
    {
        var parts = RouteValue.Of(context).Split('/');
        var found = parts.Length == 2 ? receivers.FirstOrDefault(receiver => receiver.Source == parts[0]) : null;
        return found is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(found.Part), Encoding.UTF8.GetBytes(parts[1]))
            ? found
            : throw new RequestException(StatusCodes.Status404NotFound, "there is no webhook here");
    }

    /// <summary>It was not seen before, and is about the source.</summary>
    private bool IsNews(WebhookOptions receiver, IHeaderDictionary headers, byte[] body)
    {
        var id = receiver.Provider == WebhookProvider.GitLab ? headers[StandardWebhook.Id].ToString()
            : s_deliveries.Select(name => headers[name].ToString()).FirstOrDefault(value => value.Length > 0) ?? "";
        try
        {
            return WebhookNews.IsAbout(body, receiver.Addresses, receiver.Branch)
                && (id.Length == 0 || _deliveries.Add($"{receiver.Source} {id}"));
        }
        catch (JsonException)
        {
            throw RequestException.Bad("the body is no JSON object");
        }
    }

    private string Ask(WebhookOptions receiver)
    {
        try
        {
            var look = new ControlCommand.Sync(Model: null, receiver.Source, OnNews: true);
            return control!.Ask(look, $"webhook {receiver.Provider}", "the provider says there is news").Token;
        }
        catch (ControlException error)
        {
            throw new RequestException(
                error.IsBusy ? StatusCodes.Status429TooManyRequests : StatusCodes.Status503ServiceUnavailable, error.Message);
        }
    }
}

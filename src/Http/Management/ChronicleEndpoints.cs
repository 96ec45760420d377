using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Replies;
using ModelOps.Http.Routing;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Management;

/// <summary>What is known of one model, and the past: <c>/modelops/v1/models/NAME</c>, <c>/events</c> and <c>/history</c>.</summary>
/// <param name="board">Null when nothing is managed.</param>
/// <param name="chronicle">Null when nothing is managed.</param>
/// <param name="runtime">Knows the policies in force.</param>
/// <param name="time">What <c>since=10m</c> is counted from.</param>
/// <param name="stopping">Ends the streams of events, so that they do not hold up a stop.</param>
internal sealed class ChronicleEndpoints(
    StatusBoard? board, Chronicle? chronicle, IModelRuntime runtime, TimeProvider time, CancellationToken stopping)
{
    private const string NothingManaged = "nothing is managed here: start the server with a models repository";
    private const int DefaultEvents = 256;
    private const int DefaultHistory = 50;

    internal Task ModelAsync(HttpContext context)
    {
        if (board is null || chronicle is null)
            return PlainErrors.WriteAsync(context, StatusCodes.Status404NotFound, NothingManaged);
        var text = RouteValue.Of(context);
        Caller.Of(context).RequireModel(text);
        var detail = ModelName.TryParse(text, out var name)
            ? ModelDetail.Of(name.ShortName, board, PolicyOf, chronicle)
            : null;
        return detail is null
            ? PlainErrors.WriteAsync(
                context, StatusCodes.Status404NotFound, $"git declares no model '{text}'; 'modelops get' lists those that it does")
            : JsonReply.WriteAsync(
                context, StatusCodes.Status200OK, JsonReply.WithCharset,
                JsonSerializer.SerializeToUtf8Bytes(detail, StatusJson.Default.ModelDetail), lineFeed: true);
    }

    /// <summary>
    /// Events that fit <c>model</c>, <c>since</c> and <c>limit</c>: as they come, after the one that <c>Last-Event-ID</c> names; with
    /// <c>follow=false</c> those that there are, as JSON.
    /// </summary>
    internal Task EventsAsync(HttpContext context)
    {
        if (chronicle is null)
            return PlainErrors.WriteAsync(context, StatusCodes.Status404NotFound, "nothing is managed here: there are no events");
        var query = QueryOf(context);
        if (context.Request.Query["follow"] != "false")
            return StreamAsync(context, chronicle, query);
        return JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("events"u8);
            foreach (var item in chronicle.Events(query))
                JsonSerializer.Serialize(json, item, StatusJson.Default.EventRecord);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>How revisions went, and their models; with <c>model</c> only those rows of that one.</summary>
    internal Task HistoryAsync(HttpContext context)
    {
        if (chronicle is null)
            return PlainErrors.WriteAsync(context, StatusCodes.Status404NotFound, "nothing is managed here: there is no history");
        var rows = chronicle.History(LimitOf(context, DefaultHistory), NameOf(context));
        return JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("history"u8);
            foreach (var row in rows)
                JsonSerializer.Serialize(json, row, StatusJson.Default.HistoryRecord);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task StreamAsync(HttpContext context, Chronicle past, EventQuery query)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var isKnown = long.TryParse(
            context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last);
        context.Response.ContentType = JsonReply.Events;
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.BodyWriter.FlushAsync(either.Token);
        try
        {
            await foreach (var item in past.FollowAsync(isKnown ? query with { After = last } : query, either.Token))
            {
                await context.Response.WriteAsync(
                    $"id: {item.Id}\nevent: {item.Type}\ndata: {JsonSerializer.Serialize(item, StatusJson.Default.EventRecord)}\n\n",
                    either.Token);
                await context.Response.BodyWriter.FlushAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops: the stream ends as a whole reply does.
        }
    }

    private EventQuery QueryOf(HttpContext context) => new()
    {
        Subjects = NameOf(context) is { } name ? [name, .. AliasesOf(name)] : [],
        Since = SinceOf(context),
        Count = LimitOf(context, DefaultEvents),
    };

    private IEnumerable<string> AliasesOf(string name) =>
        board?.Current.Models.FirstOrDefault(model => model.Name == name) is { } model ? model.Aliases : [];

    private ModelPolicy? PolicyOf(string name) =>
        ModelName.TryParse(name, out var parsed) ? runtime.Policies.Models.GetValueOrDefault(parsed) : null;

    private static string? NameOf(HttpContext context)
    {
        var text = (string?)context.Request.Query["model"];
        if (string.IsNullOrEmpty(text))
            return null;
        return ModelName.TryParse(text, out var name)
            ? name.ShortName
            : throw RequestException.Bad("model is not the name of a model");
    }

    private DateTimeOffset SinceOf(HttpContext context)
    {
        var text = (string?)context.Request.Query["since"];
        if (string.IsNullOrEmpty(text))
            return DateTimeOffset.MinValue;
        if (Durations.TryParse(text, out var ago) && ago >= TimeSpan.Zero)
            return time.GetUtcNow() - DateTimeOffset.MinValue > ago ? time.GetUtcNow() - ago : DateTimeOffset.MinValue;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : throw RequestException.Bad("since is neither a duration such as 10m nor a time such as 2030-01-31T12:00:00Z");
    }

    private static int LimitOf(HttpContext context, int standard)
    {
        var text = (string?)context.Request.Query["limit"];
        if (string.IsNullOrEmpty(text))
            return standard;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= EventQuery.Most
            ? limit
            : throw RequestException.Bad($"limit is a number from 1 to {EventQuery.Most}");
    }
}

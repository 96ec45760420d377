using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Http.Routing;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;

namespace ModelOps.Http.Management;

/// <summary>What changes the course of reconciliation, under <c>/modelops/v1</c>. Each is answered by the token of a request.</summary>
/// <param name="control">Null when nothing is managed.</param>
/// <param name="board">What is waited for; null when nothing is managed.</param>
/// <param name="time">The clock of waits.</param>
/// <param name="stopping">Ends waits, so that they do not hold up a stop.</param>
internal sealed class ControlEndpoints(IReconcilerControl? control, StatusBoard? board, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    // How often residency is looked at, which changes without a new status.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    internal Task SyncAsync(HttpContext context) =>
        AskAsync(context, ["model", "source"], body => new ControlCommand.Sync(body.OptionalModel(), body.Source()));

    internal Task AcceptRewindAsync(HttpContext context) =>
        AskAsync(
            context, ["to", "source"],
            body => new ControlCommand.AcceptRewind(body.Digits("to", "a commit", least: 7, most: 64), body.Source()));

    internal Task HoldAsync(HttpContext context) => AskAsync(context, ["model"], body => new ControlCommand.Hold(body.Model()));

    internal Task ReleaseAsync(HttpContext context) => AskAsync(context, ["model"], body => new ControlCommand.Release(body.Model()));

    internal Task RetryAsync(HttpContext context) => AskAsync(context, ["model"], body => new ControlCommand.Retry(body.Model()));

    internal Task RollbackAsync(HttpContext context) => AskAsync(
        context, ["model", "build"],
        body => new ControlCommand.Rollback(
            body.Model(), body.Has("build") ? body.Digits("build", "the digest of a build", least: 4, most: 64) : null));

    internal Task SuspendAsync(HttpContext context) =>
        AskAsync(context, ["until", "source"], body => new ControlCommand.Suspend(body.Moment("until"), body.Source()));

    internal Task ResumeAsync(HttpContext context) => AskAsync(context, ["source"], body => new ControlCommand.Resume(body.Source()));

    internal Task ApproveAsync(HttpContext context) => AskAsync(
        context, ["digest"],
        body => new ControlCommand.Approve(body.Digits("digest", "the digest of a removal", least: 8, most: 64)));

    /// <summary>A request as it stands; with <c>?wait=30s</c> not before it was handled or that time is over.</summary>
    internal async Task RequestAsync(HttpContext context)
    {
        var parts = Managed();
        var token = RouteValue.Of(context);
        var found = parts.Find(token) ?? throw new RequestException(
            StatusCodes.Status404NotFound, "there is no request of this token, or it is long over");
        if (found.Outcome == RequestOutcome.Pending && WaitOf(context, "wait") is { Ticks: > 0 } limit)
            found = await HandledAsync(context, parts, token, limit) ?? parts.Find(token) ?? found;
        await JsonReply.WriteAsync(
            context, StatusCodes.Status200OK, JsonReply.WithCharset,
            JsonSerializer.SerializeToUtf8Bytes(found, StatusJson.Default.RequestRecord), lineFeed: true);
    }

    /// <summary>Answers when something holds, or when the time is over: <c>?for=ready&amp;timeout=30s</c>.</summary>
    internal async Task WaitAsync(HttpContext context)
    {
        Managed();
        var text = context.Request.Query["for"].ToString();
        if (!WaitCondition.TryParse(text, out var condition, out var problem))
            throw RequestException.Bad(problem);
        var isMet = await IsMetAsync(context, condition, WaitOf(context, "timeout") ?? TimeSpan.Zero);
        await JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteString("for"u8, text);
            json.WriteBoolean("met"u8, isMet);
            json.WriteEndObject();
        });
    }

    /// <summary>What differs between the accepted revision and what is served: the plan that a pass would carry out now.</summary>
    internal Task PlanAsync(HttpContext context)
    {
        var plan = Managed().Compare() ?? throw new RequestException(
            StatusCodes.Status409Conflict, "no revision was accepted yet, so there is nothing to compare with");
        return JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("differs"u8, !plan.IsEmpty || plan.Notes.Length > 0);
            json.WriteString("digest"u8, PlanDigest.Of(plan));
            json.WritePropertyName("plan"u8);
            json.WriteRawValue(PlanJson.Write(plan));
            json.WriteString("text"u8, TextOf(plan));
            json.WriteEndObject();
        });
    }

    /// <summary>What a pass would do, and what it would not although it differs.</summary>
    private string TextOf(Plan plan)
    {
        var status = board?.Current;
        var planned = plan.Models.Select(model => model.Model.ShortName).ToHashSet(StringComparer.Ordinal);
        var left = (status?.Models ?? []).Where(model => model.Sync == SyncState.OutOfSync && !planned.Contains(model.Name));
        return string.Concat(
            left.Select(model => $"  ! {model.Name} serves build {Short(model.ServedBuild)}, and git asks for {Short(model.DesiredBuild)}\n")
                .Prepend(PlanText.Write(plan, status?.Sources is [var only] ? only.Applied : null)));
    }

    private static string Short(string? build) => build is null ? "none yet" : build[..Math.Min(12, build.Length)];

    private async Task AskAsync(HttpContext context, string[] fields, Func<ControlBody, ControlCommand> read)
    {
        var parts = Managed();
        var body = await ControlBody.ReadAsync(context, fields);
        RequestRecord asked;
        try
        {
            asked = parts.Ask(read(body), body.Actor, body.Reason);
        }
        catch (ControlException error)
        {
            throw error.IsBusy
                ? RequestException.TooMany(error.Message, TimeSpan.FromSeconds(1))
                : new RequestException(StatusCodes.Status503ServiceUnavailable, error.Message);
        }

        await JsonReply.WriteLineAsync(context, StatusCodes.Status202Accepted, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("requested"u8, true);
            json.WriteString("token"u8, asked.Token);
            json.WriteEndObject();
        });
    }

    private IReconcilerControl Managed() => control ?? throw new RequestException(
        StatusCodes.Status409Conflict, "nothing is managed here: start the server with a models repository");

    private async Task<RequestRecord?> HandledAsync(HttpContext context, IReconcilerControl parts, string token, TimeSpan limit)
    {
        using var elapsed = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, context.RequestAborted, stopping);
        try
        {
            return await parts.WaitAsync(token, either.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The time is over, or the server stops: it is told as it stands.
            return null;
        }
    }

    private async Task<bool> IsMetAsync(HttpContext context, WaitCondition condition, TimeSpan limit)
    {
        var until = time.GetUtcNow() + limit;
        while (!condition.Holds(board!.Current))
        {
            if (time.GetUtcNow() >= until || stopping.IsCancellationRequested)
                return false;
            await Task.Delay(LookAgain, time, context.RequestAborted);
        }

        return true;
    }

    private static TimeSpan? WaitOf(HttpContext context, string key)
    {
        var text = context.Request.Query[key].ToString();
        if (text.Length == 0)
            return null;
        return GoDuration.TryParse(text, out var wait) && wait >= TimeSpan.Zero
            ? wait < LongestWait ? wait : LongestWait
            : throw RequestException.Bad($"'{key}={text}' is no time to wait; write 30s, at most {Durations.Format(LongestWait)}");
    }
}

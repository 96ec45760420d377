using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Replies;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Management;

/// <summary>
/// The management calls under <c>/modelops/v1</c>, <c>/healthz</c> and <c>/readyz</c>. They read the board; nothing is decided here.
/// </summary>
/// <param name="board">Null when nothing is managed: then the server is ready as soon as it answers.</param>
/// <param name="runtime">Reports what is in memory when there is no board.</param>
/// <param name="strictReadiness">Ready is only who has the newest revision in force, and not who can take requests.</param>
/// <param name="insecure">What is unsafe about who may ask; null when nothing is.</param>
internal sealed class StatusEndpoints(StatusBoard? board, IModelRuntime runtime, bool strictReadiness, string? insecure)
{
    private static readonly DaemonStatus s_unmanaged = new() { Ready = true, Serving = true, Health = HealthState.Healthy };

    private DaemonStatus Current => (board?.Current ?? s_unmanaged with { Runtime = runtime.Report }) with
    {
        Insecure = insecure,
    };

    internal Task StatusAsync(HttpContext context) => JsonReply.WriteAsync(
        context, StatusCodes.Status200OK, JsonReply.WithCharset,
        JsonSerializer.SerializeToUtf8Bytes(Current, StatusJson.Default.DaemonStatus), lineFeed: true);

    internal Task ModelsAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var models = Current.Models.Where(
            model => !ModelName.TryParse(model.Name, out var name) || caller.MayUse(name)).ToArray();
        return JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("models"u8);
            foreach (var model in models)
                JsonSerializer.Serialize(json, model, StatusJson.Default.ModelStatus);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    internal static Task HealthAsync(HttpContext context) => TextAsync(context, StatusCodes.Status200OK, "ok\n");

    internal Task ReadyAsync(HttpContext context)
    {
        var status = Current;
        return (strictReadiness ? status.Ready : status.Serving)
            ? TextAsync(context, StatusCodes.Status200OK, "ready\n")
            : TextAsync(context, StatusCodes.Status503ServiceUnavailable, $"not ready: {WhyNot(status)}\n");
    }

    private static string WhyNot(DaemonStatus status) =>
        SafeText.ForLine(
            status.Conditions.FirstOrDefault(condition => condition is { Type: ConditionType.Ready, Status: false })?.Message
                ?? "work is being done");

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}

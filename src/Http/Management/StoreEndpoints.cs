using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Management;

/// <summary>Care of the store: <c>/modelops/v1/verify</c>, <c>/modelops/v1/gc</c>, and how much memory a model takes.</summary>
internal sealed class StoreEndpoints(
    LocalStore store, IModelRuntime runtime, IComputeProbe? probe, StoreChanges changes, Action<VerifyReport> verified, TimeProvider time)
{
    private const string Verifying = "verifying";

    // About a tenth of what one processor hashes, so that answers are not disturbed.
    private const long GentleRate = 150_000_000;

    /// <summary>Lines of progress as a pull's, and a last one with the report.</summary>
    internal async Task VerifyAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "modelops", "VerifyRequest");
        var options = new VerifyOptions(body.Integer("bytes_per_second") ?? GentleRate, body.Flag("quarantine") ?? true);
        var only = body.Text("model") is { Length: > 0 } text ? ModelNames.Find(store, text).Name : null;
        var cancellationToken = context.RequestAborted;
        var channel = Channel.CreateBounded<VerifyProgress>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });
        var working = Task.Run(
            async () =>
            {
                try
                {
                    var report = await ChangeAsync(context, "verify", only?.PlainName ?? "", options.Quarantine, () =>
                        new Verifier(store, time).VerifyAsync(
                            options, only, step => channel.Writer.TryWrite(step), cancellationToken));
                    verified(report);
                    return report;
                }
                finally
                {
                    channel.Writer.Complete();
                }
            },
            CancellationToken.None);

        var lines = new ReplyStream(context, JsonReply.Lines);
        await foreach (var step in channel.Reader.ReadAllAsync(CancellationToken.None))
        {
            await LineAsync(lines, new JsonObject
            {
                ["status"] = Verifying, ["digest"] = Verifying, ["total"] = step.Total, ["completed"] = step.Completed,
            }, cancellationToken);
        }

        await LineAsync(lines, new JsonObject { ["status"] = "success", ["report"] = ReportJson.Of(await working) }, cancellationToken);
    }

    /// <summary>Removes what no model needs; a dry run only reports it.</summary>
    internal async Task CollectAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "modelops", "CollectRequest");
        var options = new GarbageOptions { DryRun = body.Flag("dry_run") ?? false };
        if (body.Integer("grace_seconds") is { } grace)
            options = options with { Grace = TimeSpan.FromSeconds(Math.Max(0, grace)) };
        var report = ReportJson.Of(await ChangeAsync(
            context, "gc", "", !options.DryRun, () => Task.FromResult(new GarbageCollector(store, time).Collect(options))));
        await JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json => report.WriteTo(json));
    }

    /// <summary>
    /// Bytes that serving a model takes, by the arithmetic of admission; with <c>measure</c> the engine measures what is an estimate
    /// there.
    /// </summary>
    internal async Task FootprintAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "modelops", "FootprintRequest");
        var isMeasured = body.Flag("measure") ?? false;
        var need = runtime.FootprintOf(ModelNames.Find(store, body.Text("model")))
            ?? throw new RequestException(StatusCodes.Status404NotFound, "the memory that this model takes is not known");
        if (isMeasured && probe is not null)
            need = await need.MeasureAsync(probe, context.RequestAborted);
        var reply = need.ToJson();
        await JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json => reply.WriteTo(json));
    }

    /// <summary>What only looks is not written down.</summary>
    private async Task<T> ChangeAsync<T>(HttpContext context, string verb, string model, bool isChange, Func<Task<T>> work)
    {
        if (!isChange)
            return await work();
        T? result = default;
        await changes.RunAsync(context, verb, model, "", async () => result = await work());
        return result!;
    }

    private static async Task LineAsync(ReplyStream lines, JsonObject line, CancellationToken cancellationToken)
    {
        line.WriteTo(lines.BeginLine());
        await lines.EndLineAsync(cancellationToken);
    }
}

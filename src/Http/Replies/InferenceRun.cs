using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Metrics;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Replies;

/// <summary>Carries the events of an inference to its client. When the client goes, the inference is cancelled at once.</summary>
internal static class InferenceRun
{
    internal const string RevisionHeader = "x-modelops-revision";
    internal const string BuildHeader = "x-modelops-build";
    internal const string IgnoredHeader = "x-modelops-ignored";
    internal const string DroppedHeader = "x-modelops-dropped-messages";
    internal const string CutHeader = "x-modelops-cut-tokens";

    /// <summary>One answer.</summary>
    internal static Task RunAsync(HttpContext context, InferenceVerb verb, IAsyncEnumerable<InferenceEvent> events, IReplyWriter writer) =>
        RunAsync(context, verb, [_ => events], new Alone(writer));

    /// <summary>
    /// Several answers in one reply. The first that fails ends the reply; the headers speak of the one that was admitted first.
    /// </summary>
    internal static async Task RunAsync(HttpContext context, InferenceVerb verb, IReadOnlyList<Sample> samples, ISamplesWriter writer)
    {
        var cancellationToken = context.RequestAborted;
        var admitted = false;
        try
        {
            await foreach (var (sample, item) in SampleMerge.OfAsync(samples, cancellationToken))
            {
                if (item is InferenceEvent.Admitted admission)
                {
                    HttpMetrics.Count(admission);
                    if (!admitted)
                    {
                        WriteHeaders(
                            context.Response,
                            admission.ServedBy,
                            admission.IgnoredSettings,
                            admission.DroppedMessages,
                            admission.CutTokens);
                    }

                    admitted = true;
                }
                else if (item is InferenceEvent.Finished finished)
                {
                    HttpMetrics.Count(finished.Metrics);
                }

                await writer.WriteAsync(sample, item, cancellationToken);
            }

            await writer.EndAsync(cancellationToken);
        }
        catch (InferenceException error)
        {
            var failure = Failure.Of(error, verb, admitted);
            failure.WriteRetryAfter(context.Response);
            await writer.FailAsync(failure, cancellationToken);
        }
        catch (RequestException error) when (context.Response.HasStarted)
        {
            // Its key came to its end meanwhile.
            await writer.FailAsync(new Failure(error.Status, error.Message, InStream: true), cancellationToken);
        }
    }

    /// <summary>Says which build answered, and what of the request was not followed.</summary>
    internal static void WriteHeaders(HttpResponse response, ServedBy servedBy, ImmutableArray<string> ignored, int dropped, int cut = 0)
    {
        if (response.HasStarted)
            return;
        if (servedBy.Revision.Length > 0)
            response.Headers[RevisionHeader] = servedBy.Revision;
        if (servedBy.BuildDigest.Length > 0)
            response.Headers[BuildHeader] = servedBy.BuildDigest;
        if (!ignored.IsDefaultOrEmpty)
            response.Headers[IgnoredHeader] = string.Join(", ", ignored);
        if (dropped > 0)
            response.Headers[DroppedHeader] = dropped.ToString(CultureInfo.InvariantCulture);
        if (cut > 0)
            response.Headers[CutHeader] = cut.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Writes a reply of one answer.</summary>
    private sealed class Alone(IReplyWriter writer) : ISamplesWriter
    {
        public ValueTask WriteAsync(int sample, InferenceEvent item, CancellationToken cancellationToken) =>
            item is InferenceEvent.Admitted ? default : writer.WriteAsync(item, cancellationToken);

        public ValueTask EndAsync(CancellationToken cancellationToken) => default;

        public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) => writer.FailAsync(failure, cancellationToken);
    }
}

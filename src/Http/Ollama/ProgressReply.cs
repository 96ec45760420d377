using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Building;

namespace ModelOps.Http.Ollama;

/// <summary>Replies of long work: a line for every step, or the last one alone (3.8).</summary>
internal static class ProgressReply
{
    /// <summary>Does the work and reports its progress. It is cancelled when the client goes.</summary>
    internal static Task RunAsync(HttpContext context, bool stream, Func<Action<ProgressLine>, CancellationToken, Task> work) =>
        stream ? StreamAsync(context, work) : WholeAsync(context, work);

    private static async Task WholeAsync(HttpContext context, Func<Action<ProgressLine>, CancellationToken, Task> work)
    {
        ProgressLine? last = null;
        if (await TryAsync(() => work(line => last = line, context.RequestAborted)) is var (status, message))
            await PlainErrors.WriteAsync(context, status, message, charset: false);
        else
            await JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json => Write(json, last ?? new("success")));
    }

    private static async Task StreamAsync(HttpContext context, Func<Action<ProgressLine>, CancellationToken, Task> work)
    {
        var cancellationToken = context.RequestAborted;
        var lines = new ReplyStream(context, JsonReply.Lines);
        var channel = Channel.CreateUnbounded<ProgressLine>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var working = Task.Run(
            async () =>
            {
                try
                {
                    return await TryAsync(() => work(line => channel.Writer.TryWrite(line), cancellationToken));
                }
                finally
                {
                    channel.Writer.Complete();
                }
            },
            CancellationToken.None);
        await foreach (var line in channel.Reader.ReadAllAsync(CancellationToken.None))
        {
            Write(lines.BeginLine(), line);
            await lines.EndLineAsync(cancellationToken);
        }

        if (await working is var (status, message))
            await OllamaErrors.EndStreamAsync(context, lines, new Failure(status, message, InStream: true), cancellationToken);
    }

    // Expected failures become lines; a bug goes up and is logged.
    private static async Task<(int Status, string Message)?> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (StoreException error)
        {
            return (StoreStatus.Of(error.Failure), error.Message);
        }
        catch (RequestException error)
        {
            return (error.Status, error.Message);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            return (StatusCodes.Status500InternalServerError, error.Message);
        }
    }

    private static void Write(Utf8JsonWriter json, ProgressLine line)
    {
        json.WriteStartObject();
        json.WriteString("status"u8, line.Status);
        json.WriteUnlessEmpty("digest"u8, line.Digest);
        json.WriteUnlessZero("total"u8, line.Total);
        json.WriteUnlessZero("completed"u8, line.Completed);
        json.WriteEndObject();
    }
}

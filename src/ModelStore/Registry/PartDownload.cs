using System.Buffers;
using System.Net;
using Polly;

namespace ModelOps.ModelStore.Registry;

/// <summary>Fetches parts of a blob, over as many connections as it takes.</summary>
/// <param name="partial">The blob's file.</param>
/// <param name="source">Where the bytes are.</param>
/// <param name="options">How patient to be.</param>
/// <param name="bandwidth">What all downloads share.</param>
/// <param name="take">Puts bytes into the file and moves the part on by as many.</param>
/// <param name="time">Clock, to notice when nothing moves.</param>
internal sealed class PartDownload(
    PartialBlob partial, BlobSource source, RegistryOptions options, Bandwidth bandwidth, Action<PartState, ReadOnlyMemory<byte>> take,
    TimeProvider time)
{
    private const int PieceSize = 256 << 10;

    // A kill costs at most this much of each part.
    private const long RecordEvery = 1 << 20;

    private readonly ResiliencePipeline _pipeline = RegistryResilience.Parts(options, time);

    public async Task RunAsync(PartState part, CancellationToken cancellationToken)
    {
        try
        {
            while (!part.IsDone)
                await _pipeline.ExecuteAsync(async token => await AttemptAsync(part, token), cancellationToken);
        }
        catch (Exception error) when (RegistryResilience.IsTransient(error))
        {
            throw StoreException.RegistryFailed($"max retries exceeded: {error.Message}", source.Name, error);
        }
        catch (RegistryStatusException error)
        {
            throw StoreException.RegistryFailed(error.Message, source.Name, error);
        }
    }

    private async Task AttemptAsync(PartState part, CancellationToken cancellationToken)
    {
        var before = part.Completed;
        try
        {
            await ReceiveAsync(part, cancellationToken);
        }
        catch (Exception error) when (part.Completed > before && RegistryResilience.IsTransient(error))
        {
            // It got further, so the count of failed attempts begins anew.
        }
        finally
        {
            partial.Record(part);
        }
    }

    private async Task ReceiveAsync(PartState part, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            using var response = await source.OpenAsync(part.Next, part.End - 1, either.Token);
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var skip = await CheckAsync(response, part, either.Token);
            var recorded = part.Completed;
            while (!part.IsDone)
            {
                var room = (int)Math.Min(buffer.Length, skip > 0 ? skip : part.Remaining);
                var read = await body.ReadAsync(buffer.AsMemory(0, room), either.Token);
                if (read == 0)
                    throw new EndOfStreamException("unexpected EOF");

                stall.CancelAfter(options.StallTimeout);
                if (skip > 0)
                {
                    skip -= read;
                    continue;
                }

                take(part, buffer.AsMemory(0, read));
                if (part.Completed - recorded >= RecordEvery)
                {
                    partial.Record(part);
                    recorded = part.Completed;
                }

                // Waiting for our own limit does not count as a stall.
                stall.CancelAfter(Timeout.InfiniteTimeSpan);
                await bandwidth.PayAsync(read, cancellationToken);
                stall.CancelAfter(options.StallTimeout);
            }
        }
        catch (OperationCanceledException error) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no data for {options.StallTimeout.TotalSeconds:0.#} s", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>Bytes that come before the part's own, from a server that knows no ranges.</returns>
    private async Task<long> CheckAsync(HttpResponseMessage response, PartState part, CancellationToken cancellationToken)
    {
        await Responses.CheckAsync(response, time, cancellationToken);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK when response.Content.Headers.ContentLength is null
                || response.Content.Headers.ContentLength == source.Total:
                return part.Next;
            case HttpStatusCode.OK:
                throw WrongSize(response.Content.Headers.ContentLength);
            case HttpStatusCode.PartialContent:
                var range = response.Content.Headers.ContentRange;
                if (range?.Length is { } total && total != source.Total)
                    throw WrongSize(total);
                if (range is { HasRange: true } && range.From != part.Next)
                {
                    throw StoreException.RegistryFailed(
                        $"the server sent bytes from {range.From} when asked for those from {part.Next}", source.Name);
                }

                return 0;
            default:
                throw StoreException.RegistryFailed($"unexpected status code {(int)response.StatusCode}", source.Name);
        }
    }

    private StoreException WrongSize(long? size) =>
        StoreException.RegistryFailed($"the server has {size} bytes of {source.Name}, and {source.Total} were announced", source.Name);
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Replies;

/// <summary>Begins one answer.</summary>
internal delegate IAsyncEnumerable<InferenceEvent> Sample(CancellationToken cancellationToken);

/// <summary>The events of several answers as one sequence, in the order in which they come.</summary>
internal static class SampleMerge
{
    /// <summary>
    /// Most answers of one request that the engine works on at once; the others follow as these end. All begin together, so that the engine
    /// computes a prompt that several of them share only once.
    /// </summary>
    private const int MostAtOnce = 16;

    /// <summary>Events that wait for a client who reads slowly; what comes behind them is kept as text by the runtime.</summary>
    private const int MostUnread = 64;

    /// <summary>Runs all answers. The first failure ends the others, and comes after the events that were there before it.</summary>
    internal static async IAsyncEnumerable<(int Sample, InferenceEvent Item)> OfAsync(
        IReadOnlyList<Sample> samples, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (samples.Count == 1)
        {
            await foreach (var item in samples[0](cancellationToken).WithCancellation(cancellationToken))
                yield return (0, item);
            yield break;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = Channel.CreateBounded<(int, InferenceEvent)>(new BoundedChannelOptions(MostUnread) { SingleReader = true });
        var running = RunAllAsync(samples, events.Writer, stop.Token);
        try
        {
            await foreach (var item in events.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private static async Task RunAllAsync(
        IReadOnlyList<Sample> samples, ChannelWriter<(int, InferenceEvent)> events, CancellationToken cancellationToken)
    {
        try
        {
            var limits = new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(Enumerable.Range(0, samples.Count), limits, async (number, stopped) =>
            {
                await foreach (var item in samples[number](stopped).WithCancellation(stopped))
                    await events.WriteAsync((number, item), stopped);
            });
            events.Complete();
        }
#pragma warning disable CA1031 // Whatever it is, the reader throws it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            events.Complete(error);
        }
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Limits;

/// <summary>
/// Answers a connection that has no place with 503. Its first line says which surface's envelope the client reads; what it sends
/// beyond that is passed over for a moment, since a connection that is closed on unread bytes loses the reply as well.
/// </summary>
/// <param name="limits">The limits that hold.</param>
/// <param name="time">The clock.</param>
/// <param name="write">Writes an error in the envelope of the surface that a path belongs to.</param>
internal sealed class RefusedConnection(HttpLimits limits, TimeProvider time, Func<HttpContext, string, RequestException, Task> write)
{
    private const int MostAtOnce = 64;
    private const int LongestLine = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private int _count;

    internal async Task AnswerAsync(ConnectionContext connection)
    {
        // Above that number connections are closed at once, since refused ones are connections too.
        if (Interlocked.Increment(ref _count) > MostAtOnce)
        {
            Interlocked.Decrement(ref _count);
            connection.Abort(new ConnectionAbortedException(LimitText.Connections(limits)));
            return;
        }

        try
        {
            using var untilAsked = new CancellationTokenSource(Patience, time);
            var path = await PathAsync(connection.Transport.Input, untilAsked.Token);
            using var untilRead = new CancellationTokenSource(Patience, time);
            await connection.Transport.Output.WriteAsync(await ReplyAsync(path), untilRead.Token);
            await PassOverAsync(connection.Transport.Input, untilRead.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client has gone, or is too slow to read the reply.
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>The second word of the first line; empty when it does not come in time.</summary>
    private static async Task<string> PathAsync(PipeReader input, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                if (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var words = Encoding.Latin1.GetString(buffer.Slice(0, end)).Split(' ');
                    input.AdvanceTo(end);
                    return words.Length > 1 ? words[1] : "";
                }

                var isOver = result.IsCompleted || buffer.Length > LongestLine;
                input.AdvanceTo(buffer.Start, buffer.End);
                if (isOver)
                    return "";
            }
        }
        catch (OperationCanceledException)
        {
            return "";
        }
    }

    private Task<byte[]> ReplyAsync(string path) =>
        RawReply.OfAsync(
            write, path, new RequestException(StatusCodes.Status503ServiceUnavailable, LimitText.Connections(limits)), isHead: false);

    private static async Task PassOverAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
        }
    }
}

using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>Passes the output of a sequence to its reader, one chunk for each frame; to a reader who is far behind, many frames as one chunk.</summary>
/// <remarks>
/// The engine never waits for a client who reads slowly: all others in the batch would. What such a client has not read yet is kept as text,
/// a few bytes a token, instead of as a record for each frame.
/// </remarks>
internal sealed class StreamReply : PendingReply
{
    /// <summary>Chunks that a reader may be behind.</summary>
    private const int MostBehind = 256;

    private readonly Channel<EngineChunk> _chunks = Channel.CreateUnbounded<EngineChunk>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly StringBuilder _text = new();
    private readonly ImmutableArray<int>.Builder _tokens = ImmutableArray.CreateBuilder<int>();
    private readonly ImmutableArray<TokenLogprob>.Builder _logprobs = ImmutableArray.CreateBuilder<TokenLogprob>();
    private int _behind;

    /// <summary>The output; for one reader.</summary>
    internal async IAsyncEnumerable<EngineChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in _chunks.Reader.ReadAllAsync(cancellationToken))
        {
            _ = Interlocked.Decrement(ref _behind);
            yield return chunk;
        }
    }

    internal override bool Receive(ref Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Text:
                Take(Encoding.UTF8.GetString(frame.Bytes()), frame.Ints(), EngineFrames.ReadLogprobs(ref frame));
                return false;
            case FrameKind.End:
                var reason = (EngineStopReason)frame.Byte();
                WriteJoined();
                Write(new EngineChunk.End(reason, EngineFrames.ReadUsage(ref frame)));
                _ = _chunks.Writer.TryComplete();
                return true;
            case FrameKind.Failed:
                Fail(ReadFailure(ref frame));
                return true;
            default:
                return false;
        }
    }

    internal override void Fail(Exception error)
    {
        WriteJoined();
        _ = _chunks.Writer.TryComplete(error);
    }

    private void Take(string text, ImmutableArray<int> tokens, ImmutableArray<TokenLogprob> logprobs)
    {
        var behind = Volatile.Read(ref _behind);
        if (behind < MostBehind && _tokens.Count == 0)
        {
            Write(new EngineChunk.Text(text, tokens, logprobs));
            return;
        }

        _ = _text.Append(text);
        _tokens.AddRange(tokens);
        _logprobs.AddRange(logprobs);
        if (behind < MostBehind / 2)
            WriteJoined();
    }

    private void WriteJoined()
    {
        if (_tokens.Count == 0)
            return;
        Write(new EngineChunk.Text(_text.ToString(), _tokens.ToImmutable(), _logprobs.ToImmutable()));
        _ = _text.Clear();
        _tokens.Clear();
        _logprobs.Clear();
    }

    private void Write(EngineChunk chunk)
    {
        _ = Interlocked.Increment(ref _behind);
        _ = _chunks.Writer.TryWrite(chunk);
    }
}

using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using ModelOps.Prompting.Events;

namespace ModelOps.Runtime.Engines;

/// <summary>
/// Passes the output of a sequence to its reader: each piece as one chunk; to a reader who is far behind, many pieces as one.
/// </summary>
/// <remarks>
/// The engine never waits for a client who reads slowly: all others in the batch would. What such a client has not read yet is kept as
/// text, a few bytes a token, instead of as a record for each piece. One writer, one reader.
/// </remarks>
internal sealed class ChunkQueue
{
    /// <summary>Chunks that a reader may be behind.</summary>
    private const int MostBehind = 256;

    private readonly Channel<EngineChunk> _chunks = Channel.CreateUnbounded<EngineChunk>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly StringBuilder _text = new();
    private readonly ImmutableArray<int>.Builder _tokens = ImmutableArray.CreateBuilder<int>();
    private readonly ImmutableArray<TokenLogprob>.Builder _logprobs = ImmutableArray.CreateBuilder<TokenLogprob>();
    private int _behind;

    /// <summary>The output, until its end or its failure.</summary>
    internal async IAsyncEnumerable<EngineChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in _chunks.Reader.ReadAllAsync(cancellationToken))
        {
            Interlocked.Decrement(ref _behind);
            yield return chunk;
        }
    }

    /// <summary>Tokens of the prompt, which come before all text.</summary>
    internal void Prompt(ImmutableArray<TokenLogprob> logprobs) => Write(new EngineChunk.Prompt(logprobs));

    internal void Text(string text, ImmutableArray<int> tokens, ImmutableArray<TokenLogprob> logprobs)
    {
        var behind = Volatile.Read(ref _behind);
        if (behind < MostBehind && _tokens.Count == 0)
        {
            Write(new EngineChunk.Text(text, tokens, logprobs));
            return;
        }

        _text.Append(text);
        _tokens.AddRange(tokens);
        _logprobs.AddRange(logprobs);
        if (behind < MostBehind / 2)
            WriteJoined();
    }

    internal void End(EngineStopReason reason, EngineUsage usage)
    {
        WriteJoined();
        Write(new EngineChunk.End(reason, usage));
        _chunks.Writer.TryComplete();
    }

    internal void Fail(Exception error)
    {
        WriteJoined();
        _chunks.Writer.TryComplete(error);
    }

    private void WriteJoined()
    {
        if (_tokens.Count == 0)
            return;
        Write(new EngineChunk.Text(_text.ToString(), _tokens.ToImmutable(), _logprobs.ToImmutable()));
        _text.Clear();
        _tokens.Clear();
        _logprobs.Clear();
    }

    private void Write(EngineChunk chunk)
    {
        Interlocked.Increment(ref _behind);
        _chunks.Writer.TryWrite(chunk);
    }
}

using System.Collections.Immutable;
using System.Text;
using System.Threading.Channels;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Batching;

/// <summary>Hands a sequence's output to a reader in the same process.</summary>
internal sealed class ChannelSink(ChannelWriter<EngineChunk> writer) : ISequenceSink
{
    public void Text(ReadOnlySpan<byte> utf8, ReadOnlySpan<int> tokens, ImmutableArray<TokenLogprob> logprobs) =>
        writer.TryWrite(new EngineChunk.Text(Encoding.UTF8.GetString(utf8), [.. tokens], logprobs));

    public void End(EngineStopReason reason, EngineUsage usage)
    {
        _ = writer.TryWrite(new EngineChunk.End(reason, usage));
        _ = writer.TryComplete();
    }

    public void Fail(Exception error) => writer.TryComplete(error);
}

using System.Collections.Immutable;
using System.Text;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Batching;

/// <summary>Hands a sequence's output to a reader in the same process.</summary>
internal sealed class QueueSink(ChunkQueue output) : ISequenceSink
{
    public void Prompt(ImmutableArray<TokenLogprob> logprobs) => output.Prompt(logprobs);

    public void Text(ReadOnlySpan<byte> utf8, ReadOnlySpan<int> tokens, ImmutableArray<TokenLogprob> logprobs) =>
        output.Text(Encoding.UTF8.GetString(utf8), [.. tokens], logprobs);

    public void End(EngineStopReason reason, EngineUsage usage) => output.End(reason, usage);

    public void Fail(Exception error) => output.Fail(error);
}

using System.Collections.Immutable;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Batching;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>Collects a sequence's output as frames; they go out together after the step.</summary>
internal sealed class FrameSink(FrameSocket socket, uint number, Action ended, Action<FrameWriter> beforeEnd) : ISequenceSink
{
    public void Prompt(ImmutableArray<TokenLogprob> logprobs)
    {
        using (socket.Writing(out var writer))
        {
            EngineFrames.Write(writer.Begin(FrameKind.Prompt, number), logprobs);
            writer.End();
        }
    }

    public void Text(ReadOnlySpan<byte> utf8, ReadOnlySpan<int> tokens, ImmutableArray<TokenLogprob> logprobs)
    {
        using (socket.Writing(out var writer))
        {
            writer.Begin(FrameKind.Text, number).Bytes(utf8).Ints(tokens);
            EngineFrames.Write(writer, logprobs);
            writer.End();
        }
    }

    public void End(EngineStopReason reason, EngineUsage usage)
    {
        ended();
        using (socket.Writing(out var writer))
        {
            beforeEnd(writer);
            writer.Begin(FrameKind.End, number).Byte((byte)reason);
            EngineFrames.Write(writer, usage);
            writer.End();
        }
    }

    public void Fail(Exception error)
    {
        ended();
        WriteFailure(socket, number, error);
    }

    internal static void WriteFailure(FrameSocket socket, uint number, Exception error)
    {
        var kind = error switch
        {
            EngineRequestException => FailureKind.Request,
            EngineUnavailableException => FailureKind.Unavailable,
            OperationCanceledException => FailureKind.Cancelled,
            _ => FailureKind.Engine,
        };
        using (socket.Writing(out var writer))
            writer.Begin(FrameKind.Failed, number).Byte((byte)kind).Text(error.Message).End();
    }
}

using System.Text;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>Puts the output of a sequence in a worker into the queue of its reader.</summary>
internal sealed class StreamReply(ChunkQueue output) : PendingReply
{
    internal override bool Receive(ref Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Prompt:
                output.Prompt(EngineFrames.ReadLogprobs(ref frame));
                return false;
            case FrameKind.Text:
                output.Text(Encoding.UTF8.GetString(frame.Bytes()), frame.Ints(), EngineFrames.ReadLogprobs(ref frame));
                return false;
            case FrameKind.End:
                var reason = (EngineStopReason)frame.Byte();
                output.End(reason, EngineFrames.ReadUsage(ref frame));
                return true;
            case FrameKind.Failed:
                Fail(ReadFailure(ref frame));
                return true;
            default:
                return false;
        }
    }

    internal override void Fail(Exception error) => output.Fail(error);
}

using System.IO.Pipelines;

namespace ModelOps.Http.Limits;

/// <summary>
/// The transport of a connection. Once this server has set the last words, what the web server writes is dropped.
/// </summary>
internal sealed class SilencedTransport(IDuplexPipe inner, OpenConnection open) : IDuplexPipe
{
    public PipeReader Input => inner.Input;

    public PipeWriter Output { get; } = new Writer(inner.Output, open);

    private sealed class Writer(PipeWriter inner, OpenConnection open) : PipeWriter
    {
        private const int Scrap = 4096;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        private bool IsSilenced => open.LastWords is not null;

        public override Memory<byte> GetMemory(int sizeHint = 0) =>
            IsSilenced ? new byte[Math.Max(sizeHint, Scrap)] : inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => IsSilenced ? new byte[Math.Max(sizeHint, Scrap)] : inner.GetSpan(sizeHint);

        public override void Advance(int bytes)
        {
            if (!IsSilenced)
                inner.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            IsSilenced ? default : inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}

using System.Text;

namespace ModelOps.Cli.Output;

/// <summary>
/// Writes results. What cannot be written is one known failure, whatever verb writes. A reader that leaves, as <c>head</c> does, has what
/// it wanted: the rest is dropped without a failure.
/// </summary>
/// <param name="inner">Where to; null when standard output was closed by the program that started this process.</param>
/// <param name="readerLeft">Says whether the reader has left; asked after each write.</param>
internal sealed class OutputWriter(TextWriter? inner, Func<bool>? readerLeft = null) : TextWriter
{
    /// <summary>The reader has left, so further work is of no use.</summary>
    internal bool IsUnread { get; private set; }

    public override Encoding Encoding => inner?.Encoding ?? Encoding.UTF8;

    public override void Write(char value) => Guarded(writer => writer.Write(value));

    public override void Write(string? value) => Guarded(writer => writer.Write(value));

    public override void Write(char[] buffer, int index, int count) => Guarded(writer => writer.Write(buffer, index, count));

    public override void WriteLine(string? value) => Guarded(writer => writer.WriteLine(value));

    public override void Flush() => inner?.Flush();

    private void Guarded(Action<TextWriter> write)
    {
        if (inner is null)
            throw new OutputException("standard output is closed, so nothing can be printed");
        if (IsUnread)
            return;
        try
        {
            write(inner);
            IsUnread = readerLeft?.Invoke() == true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new OutputException($"standard output cannot be written: {(error.InnerException ?? error).Message}", error);
        }
    }
}

/// <summary>A verb's output cannot be written.</summary>
internal sealed class OutputException(string message, Exception? inner = null) : Exception(message, inner);

using System.Text;

namespace ModelOps.Cli.Output;

/// <summary>
/// Results on their way out. What cannot be written is one known failure, whatever verb writes. A reader that leaves, as <c>head</c> does,
/// has what it wanted: the rest is lost, and no failure.
/// </summary>
/// <param name="inner">Where to; null when standard output was closed by whoever started this process.</param>
/// <param name="readerLeft">Says whether nobody reads any more; asked after each write.</param>
internal sealed class OutputWriter(TextWriter? inner, Func<bool>? readerLeft = null) : TextWriter
{
    /// <summary>Whoever read left, so that there is nobody to work for.</summary>
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

/// <summary>What a verb has to say reaches nobody.</summary>
internal sealed class OutputException(string message, Exception? inner = null) : Exception(message, inner);

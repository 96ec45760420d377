using System.Text;

namespace ModelOps.Cli.Output;

/// <summary>
/// Writes text that nothing depends on: progress, warnings, errors, what a server announces. When it cannot be written, it is dropped and
/// the work goes on.
/// </summary>
internal sealed class UnfailingWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(writer => writer.Write(value));

    public override void Write(string? value) => Try(writer => writer.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(writer => writer.Write(buffer, index, count));

    public override void WriteLine(string? value) => Try(writer => writer.WriteLine(value));

    public override void Flush() => Try(writer => writer.Flush());

    private void Try(Action<TextWriter> write)
    {
        try
        {
            write(inner);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException or OutputException)
        {
            // A full disk, a closed stream, a reader that left.
        }
    }
}

namespace ModelOps.Cli.Terminal;

/// <summary>Reads lines from a terminal that cannot move its cursor, or that has a line editor of its own.</summary>
internal sealed class PlainLineReader(CliContext context) : ILineReader
{
    private bool _isGreeted;

    public TypedLine Read(string prompt, string placeholder)
    {
        // It cannot be shown in the line, so it is said once.
        if (!_isGreeted && placeholder.Length > 0)
            context.Out.WriteLine(placeholder);
        _isGreeted = true;
        context.Out.Write(prompt);
        context.Out.Flush();
        return context.In.ReadLine() is { } line
            ? new TypedLine(LineEnd.Submitted, TypedText.Clean(line))
            : new TypedLine(LineEnd.Ended);
    }

    public void Dispose()
    {
        // Nothing was changed.
    }
}

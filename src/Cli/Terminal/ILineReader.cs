namespace ModelOps.Cli.Terminal;

/// <summary>How a line ended.</summary>
internal enum LineEnd
{
    Submitted,

    /// <summary>Ctrl-C: what was typed is thrown away.</summary>
    Interrupted,

    /// <summary>Ctrl-D on an empty line, or the end of the input.</summary>
    Ended,
}

/// <summary>What was typed.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Text">The text; several lines where they were pasted or typed as one. Empty unless it was submitted.</param>
internal readonly record struct TypedLine(LineEnd End, string Text = "");

/// <summary>Reads what a person types.</summary>
internal interface ILineReader : IDisposable
{
    /// <summary>Reads one line or several that belong together. It returns when the person is done, however long that takes.</summary>
    /// <param name="prompt">What stands before it.</param>
    /// <param name="placeholder">What is shown while nothing is typed; empty for nothing.</param>
    TypedLine Read(string prompt, string placeholder);
}

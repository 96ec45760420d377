namespace ModelOps.Templates.Rendering;

/// <summary>What went wrong with a template.</summary>
public enum TemplateErrorKind
{
    /// <summary>The text is not a template of its language.</summary>
    Parse,

    /// <summary>It is one, and fails with this input.</summary>
    Execution,

    /// <summary>It ran past a limit of <see cref="TemplateLimits"/>.</summary>
    Limit,

    /// <summary>The template itself refused the input (Jinja's <c>raise_exception</c>).</summary>
    Raised,
}

/// <summary>A template, or a render of one, failed.</summary>
/// <param name="kind">What went wrong.</param>
/// <param name="message">One sentence, without the position.</param>
/// <param name="line">Line of the place, from 1; 0 when unknown.</param>
/// <param name="column">Column of the place, from 1; 0 when unknown.</param>
public sealed class TemplateException(TemplateErrorKind kind, string message, int line, int column) : Exception(message)
{
    /// <summary>What went wrong.</summary>
    public TemplateErrorKind Kind { get; } = kind;

    /// <summary>Line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Column, from 1.</summary>
    public int Column { get; } = column;
}

using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>A Python error inside a render, before the place of the failing node is known.</summary>
/// <param name="message">What Python would say.</param>
/// <param name="kind">What the caller of the render gets.</param>
internal sealed class PythonError(string message, TemplateErrorKind kind = TemplateErrorKind.Execution) : Exception(message)
{
    /// <summary>The kind of the <see cref="TemplateException"/> this becomes.</summary>
    public TemplateErrorKind Kind { get; } = kind;

    public static PythonError Type(string message) => new("TypeError: " + message);

    public static PythonError Value(string message) => new("ValueError: " + message);

    public static PythonError Limit(string message) => new(message, TemplateErrorKind.Limit);
}

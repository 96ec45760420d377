using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>The text of a template, for turning offsets into lines and columns.</summary>
internal sealed class GoSource(string text)
{
    internal string Text { get; } = text;

    internal TemplateException Error(TemplateErrorKind kind, int position, string message)
    {
        var before = Text.AsSpan(0, Math.Clamp(position, 0, Text.Length));
        return new TemplateException(kind, message, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}

using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.Templates.GoTemplates;
using ModelOps.Templates.Rendering;

namespace ModelOps.ModelfileLang.Meaning;

/// <summary>Checks that the TEMPLATE in force is a template: finds what a build would refuse before anything is built.</summary>
public static class TemplateCheck
{
    /// <summary>Code of the finding.</summary>
    public const string Code = "MF3012";

    /// <summary>What is wrong with the template, at its place in the file; null when it is valid or absent.</summary>
    public static Diagnostic? Find(Modelfile modelfile)
    {
        if (modelfile.Named(InstructionNames.Template).LastOrDefault() is not { Value.Length: > 0 } template)
            return null;
        try
        {
            GoTemplate.Parse(template.Value);
            return null;
        }
        catch (TemplateException error)
        {
            var jinja = template.Value.Contains("{%", StringComparison.Ordinal);
            return new Diagnostic(
                Code,
                Severity.Error,
                modelfile.Source.File,
                Place(modelfile.Source, template, error),
                $"The TEMPLATE cannot be read: {error.Message}.",
                jinja
                    ? "this looks like Jinja; leave TEMPLATE out to use the template of the weights"
                    : "TEMPLATE takes a Go template, such as {{ .Prompt }}");
        }
    }

    /// <summary>The place in the file where the value stands there as it is read, else the whole value.</summary>
    private static SourceSpan Place(ModelfileSource source, Instruction template, TemplateException error)
    {
        if (error.Line < 1 || source.TextOf(template.ContentSpan) != template.Value)
            return template.ValueSpan;
        var start = 0;
        for (var line = 1; line < error.Line; line++)
            start = template.Value.IndexOf('\n', start) + 1;
        var offset = Math.Min(start + Math.Max(0, error.Column - 1), template.Value.Length - 1);
        return source.Span(template.ContentSpan.Offset + offset, 1);
    }
}

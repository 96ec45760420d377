namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>A text made on the way grew past the bound; the render turns it into an error with a position.</summary>
internal sealed class TemplateOverflowException : Exception;

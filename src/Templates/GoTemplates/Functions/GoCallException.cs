namespace ModelOps.Templates.GoTemplates.Functions;

/// <summary>A function refuses its arguments; the render adds the place.</summary>
internal sealed class GoCallException(string message) : Exception(message);

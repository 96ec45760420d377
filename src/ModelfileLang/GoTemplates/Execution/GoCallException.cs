namespace ModelOps.ModelfileLang.GoTemplates.Execution;

/// <summary>A function refuses its arguments; the render adds the place.</summary>
internal sealed class GoCallException(string message) : Exception(message);

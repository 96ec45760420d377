namespace ModelOps.ModelfileLang.Diagnostics;

/// <summary>How bad a <see cref="Diagnostic"/> is; the order is the order of <c>--fail-level</c>.</summary>
public enum Severity
{
    /// <summary>A matter of taste.</summary>
    Style,

    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Probably not what was meant.</summary>
    Warning,

    /// <summary>Will not work.</summary>
    Error,
}

namespace ModelOps.Templates.Jinja.Values;

/// <summary>Where something stands in the source; both from 1.</summary>
internal readonly record struct Place(int Line, int Column);

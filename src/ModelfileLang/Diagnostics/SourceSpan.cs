namespace ModelOps.ModelfileLang.Diagnostics;

/// <summary>A piece of source text. Lines and columns start at 1; CR LF counts as one line end. Columns count UTF-16 units.</summary>
/// <param name="Offset">Index of the first character in the decoded text.</param>
/// <param name="Length">Number of characters; zero for a place between two.</param>
/// <param name="Line">Line of the first character.</param>
/// <param name="Column">Column of the first character.</param>
/// <param name="EndLine">Line of the first character after the span.</param>
/// <param name="EndColumn">Column of the first character after the span.</param>
public readonly record struct SourceSpan(int Offset, int Length, int Line, int Column, int EndLine, int EndColumn);

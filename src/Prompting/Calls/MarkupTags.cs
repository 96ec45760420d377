namespace ModelOps.Prompting.Calls;

/// <summary>
/// Marks of a markup format. A mark that ends in an open quote or bracket is followed by a name and the mark's <c>…End</c>.
/// </summary>
/// <param name="Open">Around all calls of an answer.</param>
/// <param name="Close">Ends them.</param>
/// <param name="Call">Before the name of a tool.</param>
/// <param name="CallNameEnd">Behind that name.</param>
/// <param name="CallEnd">Ends one call.</param>
/// <param name="Argument">Before the name of an argument.</param>
/// <param name="ArgumentNameEnd">Behind that name, before its value.</param>
/// <param name="ArgumentEnd">Behind the value.</param>
internal sealed record MarkupTags(
    string Open, string Close, string Call, string CallNameEnd, string CallEnd, string Argument, string ArgumentNameEnd, string ArgumentEnd)
{
    /// <summary>Calls may come without the marks around them.</summary>
    internal bool IsOpenOptional { get; init; }

    /// <summary>Between the end of an argument's name and its value; empty for none.</summary>
    internal string ValueOpen { get; init; } = "";

    /// <summary>Behind the name of a tool stands the number of the call, from 1.</summary>
    internal bool NumbersCalls { get; init; }

    /// <summary>Behind the name of an argument stands its type.</summary>
    internal bool TypesArguments { get; init; }

    /// <summary>Behind the name of an argument stands whether it is text.</summary>
    internal bool TellsText { get; init; }

    /// <summary>One line break at either end of a value belongs to the format.</summary>
    internal bool TrimsLines { get; init; }
}

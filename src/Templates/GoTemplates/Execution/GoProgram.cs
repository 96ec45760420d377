using ModelOps.Templates.GoTemplates.Syntax;

namespace ModelOps.Templates.GoTemplates.Execution;

/// <summary>What is rendered: the templates of one text by name.</summary>
/// <param name="Source">The text, for positions.</param>
/// <param name="Main">Where the render begins.</param>
/// <param name="Definitions">What <c>template</c> may name.</param>
/// <param name="MissingIsNil">Whether a missing key gives a nil, of which no field may be asked, or nothing at all.</param>
internal sealed record GoProgram(GoSource Source, ListNode Main, IReadOnlyDictionary<string, ListNode> Definitions, bool MissingIsNil);

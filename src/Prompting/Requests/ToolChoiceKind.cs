namespace ModelOps.Prompting.Requests;

/// <summary>The four forms of a tool choice.</summary>
public enum ToolChoiceKind
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>No call; the tools are not shown to the model.</summary>
    None,

    /// <summary>At least one call, enforced by a grammar.</summary>
    Required,

    /// <summary>A call of one tool, enforced by a grammar.</summary>
    Named,
}

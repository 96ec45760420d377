namespace ModelOps.Templates.GoTemplates.Values;

/// <summary>A value with the fields of its type.</summary>
internal sealed class GoStruct(GoType type, GoValue[] fields, bool isNil = false)
{
    internal GoType Type { get; } = type;

    /// <summary>In the order of <see cref="GoType.Fields"/>.</summary>
    internal GoValue[] Fields { get; } = fields;

    /// <summary>Whether this is a pointer to nothing.</summary>
    internal bool IsNil { get; } = isNil;
}

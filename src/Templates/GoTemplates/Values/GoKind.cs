namespace ModelOps.Templates.GoTemplates.Values;

/// <summary>What a value is.</summary>
internal enum GoKind : byte
{
    /// <summary>No value at all: a missing key, or an untyped nil that was unwrapped.</summary>
    Invalid,

    /// <summary>A place that may hold anything and holds nothing. Unlike <see cref="Invalid"/> it has no fields to ask for.</summary>
    Nil,

    Bool,
    Int,
    Byte,
    Float,
    Complex,
    Text,
    List,
    Map,
    Struct,
}

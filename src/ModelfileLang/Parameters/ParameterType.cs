namespace ModelOps.ModelfileLang.Parameters;

/// <summary>What a parameter's text is converted to.</summary>
public enum ParameterType
{
    /// <summary>A 64-bit integer.</summary>
    Int,

    /// <summary>A 32-bit floating point number.</summary>
    Float,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A list of texts, one per instruction.</summary>
    Strings,
}

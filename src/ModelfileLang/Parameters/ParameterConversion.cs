using System.Diagnostics.CodeAnalysis;

namespace ModelOps.ModelfileLang.Parameters;

/// <summary>A parameter's value, or the reference's error about its text.</summary>
/// <param name="Value">Null exactly when there is an error.</param>
/// <param name="Error">The reference's text; null when the value is good.</param>
public sealed record ParameterConversion(ParameterValue? Value, string? Error)
{
    /// <summary>Whether the text is a value of the parameter's type.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Value is not null;
}

namespace ModelOps.ModelfileLang.Parameters;

/// <summary>One parameter that <c>PARAMETER</c> and request options accept.</summary>
/// <param name="Name">Its name; case counts.</param>
/// <param name="Type">What its text is converted to.</param>
/// <param name="Default">What holds when it is not set, in words.</param>
/// <param name="IsLoadTime">Whether a change needs the model's context or weights loaded anew.</param>
/// <param name="Meaning">What it does, in one sentence.</param>
public sealed record Parameter(string Name, ParameterType Type, string Default, bool IsLoadTime, string Meaning)
{
    /// <summary>Smallest value that makes sense; the reference checks none.</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest value that makes sense.</summary>
    public double? Maximum { get; init; }

    /// <summary>Values outside the range that have a meaning of their own, such as -1 for "no limit".</summary>
    public IReadOnlyList<double> Special { get; init; } = [];

    /// <summary>Whether a value is one that makes sense.</summary>
    public bool Accepts(double value) =>
        (value >= (Minimum ?? double.NegativeInfinity) && value <= (Maximum ?? double.PositiveInfinity)) || Special.Contains(value);

    /// <summary>The range in words, for messages and documentation.</summary>
    public string Range
    {
        get
        {
            var range = (Minimum, Maximum) switch
            {
                (null, null) => "any",
                ({ } low, null) => $"{low} or more",
                (null, { } high) => $"{high} or less",
                ({ } low, { } high) => $"{low} to {high}",
            };
            return Special.Count == 0 ? range : $"{range}, or {string.Join(" or ", Special)}";
        }
    }
}

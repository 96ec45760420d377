using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Functions;

/// <summary>What a function does.</summary>
internal delegate GoValue GoCode(GoWork work, ReadOnlySpan<GoValue> arguments);

/// <summary>A function that templates can call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fixed">Arguments that it must have.</param>
/// <param name="IsVariadic">Whether it takes more.</param>
/// <param name="TextArguments">How many of the first arguments must be text.</param>
/// <param name="Code">What it does.</param>
internal sealed record GoFunction(string Name, int Fixed, bool IsVariadic, int TextArguments, GoCode Code)
{
    /// <summary>Of <c>and</c> and <c>or</c>: the truth that ends the search. They evaluate no argument after that.</summary>
    internal bool? StopsAt { get; init; }
}

namespace ModelOps.Prompting.Grammars;

/// <summary>A text is not a grammar, or is a grammar that is too costly to run.</summary>
/// <param name="line">From 1; 0 when the whole is meant.</param>
/// <param name="column">From 1.</param>
/// <param name="reason">What is wrong.</param>
public sealed class GrammarException(int line, int column, string reason)
    : Exception(line > 0 ? $"grammar error at line {line}, column {column}: {reason}" : $"grammar error: {reason}")
{
    /// <summary>From 1.</summary>
    internal int Line { get; } = line;

    /// <summary>From 1.</summary>
    internal int Column { get; } = column;
}

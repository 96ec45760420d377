namespace ModelOps.Http.Keys;

/// <summary>The file of keys cannot be used; the message says why, with the next step.</summary>
public sealed class KeyFileException : Exception
{
    /// <inheritdoc cref="KeyFileException(string, string, Exception?)"/>
    public KeyFileException(string problem, string fix)
        : this(problem, fix, null)
    {
    }

    /// <summary>Says what is wrong with the file.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <param name="fix">What to do about it.</param>
    /// <param name="inner">The cause; null for none.</param>
    public KeyFileException(string problem, string fix, Exception? inner)
        : base($"{problem}; {fix}", inner) => (Problem, Fix) = (problem, fix);

    /// <summary>What is wrong, alone.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string Fix { get; }
}

namespace ModelOps.Http.Keys;

/// <summary>The file of keys cannot be used; the message says why, with the next step.</summary>
public sealed class KeyFileException : Exception
{
    /// <inheritdoc/>
    public KeyFileException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public KeyFileException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

namespace ModelOps.Http.Listening;

/// <summary>A certificate or a key cannot be used; the message says why, with the next step.</summary>
public sealed class TlsException : Exception
{
    /// <inheritdoc/>
    public TlsException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public TlsException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

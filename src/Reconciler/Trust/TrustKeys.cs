namespace ModelOps.Reconciler.Trust;

/// <summary>A look at the host's keys before anything is verified with them.</summary>
public static class TrustKeys
{
    /// <summary>Why the keys cannot be used; null when they can.</summary>
    /// <param name="options">The files, and what they are for.</param>
    /// <param name="read">Reads a file; it throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
    /// <param name="zone">The zone of times in them that do not name one.</param>
    public static string? Problem(VerifyOptions options, Func<string, byte[]> read, TimeZoneInfo zone)
    {
        try
        {
            TrustSet.Read(options, read, zone);
            return null;
        }
        catch (TrustException error)
        {
            return error.Message;
        }
    }
}

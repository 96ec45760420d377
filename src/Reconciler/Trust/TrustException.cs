namespace ModelOps.Reconciler.Trust;

/// <summary>The host's keys cannot be read. The message names the file, the line where there is one, and the cause.</summary>
internal sealed class TrustException(string message, Exception? inner = null) : Exception(message, inner);

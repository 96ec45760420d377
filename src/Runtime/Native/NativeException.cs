namespace ModelOps.Runtime.Native;

/// <summary>The engine's library cannot be used, or refused what was asked of it; the message is fit for the operator.</summary>
internal sealed class NativeException(string message, Exception? inner = null) : Exception(message, inner);

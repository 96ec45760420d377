namespace ModelOps.Runtime.Names;

/// <summary>
/// While a request waited, its name went to another build, or perhaps away: it must be looked up again. Never leaves the runtime.
/// </summary>
internal sealed class ModelMovedException : Exception;

namespace ModelOps.ModelStore;

/// <summary>Something outside us failed: a file, a disk, a registry, or a request that cannot be done.</summary>
/// <param name="failure">What happened.</param>
/// <param name="subject">Path, name or digest that it is about; may be empty.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreException(StoreFailure failure, string subject = "", Exception? inner = null) : Exception(failure.Message, inner)
{
    /// <summary>What happened.</summary>
    public StoreFailure Failure { get; } = failure;

    /// <summary>Path, name or digest that it is about; may be empty.</summary>
    public string Subject { get; } = subject;

    internal static StoreException Invalid(string message, string subject = "") => new(new StoreFailure.Invalid(message), subject);

    internal static StoreException Absent(string message, string subject = "", Exception? inner = null) =>
        new(new StoreFailure.Absent(message), subject, inner);

    internal static StoreException Unreadable(string message, string subject, Exception? inner = null) =>
        new(new StoreFailure.Unreadable(message), subject, inner);

    internal static StoreException Damaged(string message, string subject, Exception? inner = null) =>
        new(new StoreFailure.Damaged(message), subject, inner);

    internal static StoreException Unsupported(string message, string subject = "") => new(new StoreFailure.Unsupported(message), subject);

    internal static StoreException RegistryFailed(string message, string subject = "", Exception? inner = null) =>
        new(new StoreFailure.RegistryFailed(message), subject, inner);
}

namespace ModelOps.ModelStore.Storage;

/// <summary>Something outside us failed: a file, a disk, a registry, or a request that cannot be done.</summary>
/// <param name="status">HTTP status that says the same: 400 wrong input, 404 absent, 500 anything else.</param>
/// <param name="message">The reference's text where it has one.</param>
/// <param name="subject">Path, name or digest that it is about; may be empty.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreException(int status, string message, string subject = "", Exception? inner = null) : Exception(message, inner)
{
    /// <summary>HTTP status that says the same.</summary>
    public int Status { get; } = status;

    /// <summary>Path, name or digest that it is about; may be empty.</summary>
    public string Subject { get; } = subject;

    internal static StoreException BadRequest(string message, string subject = "") => new(400, message, subject);

    internal static StoreException Failed(string message, string subject = "", Exception? inner = null) => new(500, message, subject, inner);
}

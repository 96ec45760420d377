using System.Net;

namespace ModelOps.Reconciler.Forges;

/// <summary>A forge does not do what it was asked.</summary>
public sealed class ForgeException : Exception
{
    /// <summary>It answered.</summary>
    public ForgeException(string message, HttpStatusCode? status = null)
        : base(message) => Status = status;

    /// <summary>It could not be asked.</summary>
    public ForgeException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Status of its answer; null when there was none.</summary>
    public HttpStatusCode? Status { get; }
}

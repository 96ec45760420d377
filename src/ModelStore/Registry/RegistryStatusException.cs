using System.Net;

namespace ModelOps.ModelStore.Registry;

/// <summary>A registry answered with an error. Stays inside: callers get a <see cref="StoreException"/>.</summary>
internal sealed class RegistryStatusException(HttpStatusCode status, string message, TimeSpan? retryAfter) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status >= 500;
}

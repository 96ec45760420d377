using System.Collections.Frozen;
using ModelOps.Http.Keys;

namespace ModelOps.Http.Access;

/// <summary>
/// What each route asks of a key. This table is the only place where that is said; a route that is not in it is for admins.
/// </summary>
internal static class RouteScopes
{
    private const KeyScope Ask = KeyScope.Infer | KeyScope.Read;
    private const KeyScope Control = KeyScope.Sync | KeyScope.Hold | KeyScope.Suspend | KeyScope.Approve;

    /// <summary>Every route, and the scopes of which a key needs one; <see cref="KeyScope.None"/> asks for no key.</summary>
    internal static FrozenDictionary<(string Method, string Path), KeyScope> Table { get; } = new Dictionary<(string, string), KeyScope>
    {
        [("GET", "/")] = KeyScope.None,
        [("HEAD", "/")] = KeyScope.None,
        [("GET", "/api/version")] = KeyScope.None,
        [("HEAD", "/api/version")] = KeyScope.None,
        [("GET", "/healthz")] = KeyScope.None,
        [("GET", "/readyz")] = KeyScope.None,

        // They have secrets of their own.
        [("GET", "/modelops/v1/webhooks/")] = KeyScope.None,
        [("POST", "/modelops/v1/webhooks/")] = KeyScope.None,

        [("GET", "/api/tags")] = Ask,
        [("HEAD", "/api/tags")] = Ask,
        [("GET", "/api/ps")] = Ask,
        [("GET", "/api/status")] = Ask,
        [("POST", "/api/show")] = Ask,
        [("GET", "/v1/models")] = Ask,
        [("GET", "/v1/models/")] = Ask,

        [("POST", "/api/generate")] = KeyScope.Infer,
        [("POST", "/api/chat")] = KeyScope.Infer,
        [("POST", "/api/embed")] = KeyScope.Infer,
        [("POST", "/api/embeddings")] = KeyScope.Infer,
        [("POST", "/v1/chat/completions")] = KeyScope.Infer,
        [("POST", "/v1/completions")] = KeyScope.Infer,
        [("POST", "/v1/responses")] = KeyScope.Infer,
        [("POST", "/v1/audio/transcriptions")] = KeyScope.Infer,
        [("POST", "/v1/embeddings")] = KeyScope.Infer,
        [("POST", "/v1/rerank")] = KeyScope.Infer,
        [("POST", "/v1/messages")] = KeyScope.Infer,
        [("POST", "/v1/messages/count_tokens")] = KeyScope.Infer,

        [("GET", "/modelops/v1/status")] = KeyScope.Read,
        [("GET", "/modelops/v1/models")] = KeyScope.Read,
        [("GET", "/modelops/v1/models/")] = KeyScope.Read,
        [("GET", "/modelops/v1/events")] = KeyScope.Read,
        [("GET", "/modelops/v1/history")] = KeyScope.Read,
        [("GET", "/modelops/v1/plan")] = KeyScope.Read,
        [("GET", "/modelops/v1/wait")] = KeyScope.Read,
        [("POST", "/modelops/v1/footprint")] = KeyScope.Read,
        [("GET", "/metrics")] = KeyScope.Read,
        [("GET", "/ui")] = KeyScope.Read,

        // Who asked for something may hear what became of it.
        [("GET", "/modelops/v1/requests/")] = KeyScope.Read | Control,
        [("POST", "/modelops/v1/sync")] = KeyScope.Sync,
        [("POST", "/modelops/v1/hold")] = KeyScope.Hold,
        [("POST", "/modelops/v1/release")] = KeyScope.Hold,
        [("POST", "/modelops/v1/retry")] = KeyScope.Hold,
        [("POST", "/modelops/v1/rollback")] = KeyScope.Hold,
        [("POST", "/modelops/v1/suspend")] = KeyScope.Suspend,
        [("POST", "/modelops/v1/resume")] = KeyScope.Suspend,
        [("POST", "/modelops/v1/approve")] = KeyScope.Approve,

        [("POST", "/modelops/v1/accept-rewind")] = KeyScope.Admin,
        [("POST", "/modelops/v1/verify")] = KeyScope.Admin,
        [("POST", "/modelops/v1/gc")] = KeyScope.Admin,
        [("POST", "/api/create")] = KeyScope.Admin,
        [("POST", "/api/pull")] = KeyScope.Admin,
        [("POST", "/api/push")] = KeyScope.Admin,
        [("POST", "/api/copy")] = KeyScope.Admin,
        [("DELETE", "/api/delete")] = KeyScope.Admin,
        [("HEAD", "/api/blobs/")] = KeyScope.Admin,
        [("POST", "/api/blobs/")] = KeyScope.Admin,
    }.ToFrozenDictionary();

    /// <summary>The scopes of which a route asks for one.</summary>
    internal static KeyScope Of(string method, string path) => Table.GetValueOrDefault((method, path), KeyScope.Admin);
}

using Microsoft.AspNetCore.Http;
using ModelOps.Http.Keys;

namespace ModelOps.Http.Routing;

/// <summary>One method of one path.</summary>
/// <param name="Method">Upper case.</param>
/// <param name="Path">Exact path, or a prefix that ends in <c>/</c> and is followed by one value.</param>
/// <param name="Scope">A key needs one of these; none needs no key.</param>
/// <param name="Handle">Answers it.</param>
internal sealed record Route(string Method, string Path, KeyScope Scope, RequestDelegate Handle)
{
    /// <summary>The value may have slashes in it.</summary>
    internal bool ManySegments { get; init; }

    internal bool HasValue => Path.Length > 1 && Path.EndsWith('/');
}

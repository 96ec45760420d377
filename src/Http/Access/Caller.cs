using Microsoft.AspNetCore.Http;
using ModelOps.Http.Keys;
using ModelOps.ModelStore.Names;

namespace ModelOps.Http.Access;

/// <summary>Who makes a request, and what that one may do. Found among the features of every request that has a route.</summary>
internal sealed class Caller
{
    private readonly LiveKey? _live;

    private Caller(LiveKey? live, KeyScope scopes, string? user)
    {
        (_live, Scopes, User) = (live, scopes, user);
    }

    /// <summary>Somebody on an address where everybody may do everything.</summary>
    internal static Caller Anybody { get; } = new(null, KeyScope.Admin, null);

    /// <summary>Somebody who showed nothing where keys are needed.</summary>
    internal static Caller Nobody { get; } = new(null, KeyScope.None, null);

    /// <summary>What it may do.</summary>
    internal KeyScope Scopes { get; }

    /// <summary>The user of this machine whose process it is; null where that is not known.</summary>
    internal string? User { get; }

    /// <summary>Its key; null without one.</summary>
    internal ApiKey? Key => _live?.Key;

    /// <summary>Cancelled when its key is no longer in force.</summary>
    internal CancellationToken Ended => _live?.Ended ?? CancellationToken.None;

    /// <summary>Some models are not for it.</summary>
    internal bool HasModels => Key is { Models.IsEmpty: false };

    /// <summary>Whoever has a key.</summary>
    internal static Caller With(LiveKey live) => new(live, live.Key.Scopes, null);

    /// <summary>A user of this machine, over its socket.</summary>
    internal static Caller Of(string user) => new(null, KeyScope.Admin, user);

    /// <summary>Who makes a request.</summary>
    internal static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? Nobody;

    /// <summary>
    /// The name under which a command of it is written down: of its key, which nobody can put on; else as it says itself, else its user,
    /// else its address.
    /// </summary>
    internal string Actor(HttpContext context, string said) =>
        Key?.Name ?? (said.Length > 0 ? said : User ?? context.Connection.RemoteIpAddress?.ToString() ?? "unknown");

    /// <summary>Whether a model is for it.</summary>
    internal bool MayUse(ModelName name) => Key is null || ModelPatterns.Fit(Key.Models, name);

    /// <summary>Refuses a model that is not for it; whether there is one is not told. What names no model is refused elsewhere.</summary>
    /// <exception cref="RequestException">403.</exception>
    internal void RequireModel(string text)
    {
        if (!HasModels || text.Trim().Length == 0)
            return;
        if (ModelReference.Parse(text, out _) is { } reference && ModelName.TryParse(reference.Base.Trim(), out var name))
            RequireModel(name);
        else
            throw NotFor(text);
    }

    /// <summary>The same of a name.</summary>
    /// <exception cref="RequestException">403.</exception>
    internal void RequireModel(ModelName name)
    {
        if (!MayUse(name))
            throw NotFor(name.PlainName);
    }

    /// <summary>Refuses what is about all models where only some are for it.</summary>
    /// <exception cref="RequestException">403.</exception>
    internal void RequireAllModels()
    {
        if (HasModels)
        {
            throw new RequestException(
                StatusCodes.Status403Forbidden,
                $"the key {Key!.Name} is for {string.Join(", ", Key.Models)} only, and this is about all models; name one");
        }
    }

    /// <summary>What a request is told whose key came to its end meanwhile.</summary>
    internal RequestException Over() => new(
        StatusCodes.Status401Unauthorized, $"the key {Key?.Name} is no longer in force");

    private RequestException NotFor(string model) => new(
        StatusCodes.Status403Forbidden,
        $"the key {Key!.Name} may not use the model '{model}'; it is for {string.Join(", ", Key.Models)}");
}

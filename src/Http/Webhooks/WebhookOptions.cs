using System.Collections.Immutable;

namespace ModelOps.Http.Webhooks;

/// <summary>One receiver: what a provider may call when a source has something new.</summary>
/// <param name="Source">The source that is looked at then.</param>
/// <param name="Provider">Who calls.</param>
/// <param name="Part">The part of the address that nobody can guess.</param>
public sealed record WebhookOptions(string Source, WebhookProvider Provider, string Part)
{
    /// <summary>Header of the signature, for <see cref="WebhookProvider.Generic"/>: <c>sha256=</c> and 64 hexadecimal digits.</summary>
    public string Header { get; init; } = "X-Hub-Signature-256";

    /// <summary>The secrets, the newest first; read for each request, so that they can be replaced.</summary>
    public required Func<ImmutableArray<string>> Secrets { get; init; }

    /// <summary>Addresses of the source without credentials; empty where any repository is meant.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>The branch that is followed; null where anything may be news.</summary>
    public string? Branch { get; init; }
}

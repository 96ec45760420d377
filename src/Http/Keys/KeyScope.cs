namespace ModelOps.Http.Keys;

/// <summary>What a key may do. A route that asks for several is open to a key that has one of them.</summary>
[Flags]
#pragma warning disable CA1711 // These are flags of what is allowed, and nothing here is named after them.
public enum KeyScope
#pragma warning restore CA1711
{
    /// <summary>Nothing; of a route: it needs no key.</summary>
    None = 0,

    /// <summary>Ask models, and see which there are.</summary>
    Infer = 1,

    /// <summary>Status, events, history, metrics and the page.</summary>
    Read = 2,

    /// <summary>Have the sources looked at.</summary>
    Sync = 4,

    /// <summary>Hold, release, retry and roll back models.</summary>
    Hold = 8,

    /// <summary>Suspend and resume reconciliation.</summary>
    Suspend = 16,

    /// <summary>Approve removals.</summary>
    Approve = 32,

    /// <summary>Everything, also what changes the store.</summary>
    Admin = 64,
}

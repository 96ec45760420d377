using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.State;

/// <summary>An event as the one who tells it knows it.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">One sentence: the object, the cause, the next step where there is one.</param>
internal sealed record NewEvent(EventKind Kind, string Message)
{
    /// <summary>Model it is about; null for the set or the source.</summary>
    internal ModelName? Model { get; init; }

    /// <summary>Name of the source it is about, or whose model it is about; empty when about none.</summary>
    internal string Source { get; init; } = "";

    /// <summary>Revision it belongs to; empty when to none.</summary>
    internal string Revision { get; init; } = "";

    /// <summary>Manifest digest of the build it is about, bare hex; empty when about none.</summary>
    internal string Build { get; init; } = "";

    /// <summary>Who caused it: the author of the commit, or who gave the command; empty when it was the machine.</summary>
    internal string Actor { get; init; } = "";

    /// <summary>Token of the request that caused it; empty when none did.</summary>
    internal string Request { get; init; } = "";
}

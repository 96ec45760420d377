namespace ModelOps.Reconciler.Control;

/// <summary>A request was not taken; nothing was changed.</summary>
public sealed class ControlException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>It may be asked again soon: there is only too much to do.</summary>
    public bool IsBusy { get; init; }
}

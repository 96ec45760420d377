namespace ModelOps.Reconciler.State;

/// <summary>The state folder cannot be used.</summary>
public sealed class StateException(string path, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The file or folder it is about.</summary>
    public string Path { get; } = path;

    /// <summary>Another daemon has it.</summary>
    public bool IsHeld { get; init; }
}

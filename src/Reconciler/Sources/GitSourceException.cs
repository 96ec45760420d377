namespace ModelOps.Reconciler.Sources;

/// <summary>The source could not be read. The message is fit for people: it says what to do and holds no credentials.</summary>
public sealed class GitSourceException(string location, SourceFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The source it is about, without credentials.</summary>
    public string Location { get; } = location;

    /// <summary>What kind of failure it is.</summary>
    public SourceFailure Failure { get; } = failure;

    /// <summary>The same call may succeed later without a change by a person.</summary>
    public bool IsTransient => Failure is SourceFailure.FetchFailed or SourceFailure.Timeout;
}

/// <summary>Why a source could not be read; the names are the condition reasons of the status.</summary>
public enum SourceFailure
{
    /// <summary>The network, the server or the disk.</summary>
    FetchFailed,

    /// <summary>No such repository, branch, folder or commit.</summary>
    SourceMissing,

    /// <summary>The server does not let us in.</summary>
    AuthFailed,

    /// <summary>The server's ssh host key is not known here.</summary>
    HostKeyUnknown,

    /// <summary>The server's ssh host key is not the known one.</summary>
    HostKeyMismatch,

    /// <summary>The location is not one that we accept.</summary>
    SourceInvalid,

    /// <summary>The git program is missing or too old.</summary>
    GitMissing,

    /// <summary>It took too long.</summary>
    Timeout,
}

namespace ModelOps.Reconciler.Sources;

/// <summary>How the files of a plain folder are told apart.</summary>
internal enum FolderFileIdentity
{
    /// <summary>By a digest of what they hold.</summary>
    Content,

    /// <summary>By the id that git would give them, to compare them with a commit.</summary>
    GitBlob,

    /// <summary>By size and time, where the content of weights does not matter.</summary>
    SizeAndTime,
}

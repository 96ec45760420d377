namespace ModelOps.Reconciler.Trust;

/// <summary>What a signature was judged by; a closed list. <c>docs/spec/trust.md</c> says what each one means.</summary>
internal enum SignatureRule
{
    /// <summary>A trusted key signed it for its committer.</summary>
    Trusted,

    /// <summary>It is a merge of the forge of what people signed, or the host takes the forge's word.</summary>
    ForgeMerge,

    /// <summary>It is not signed.</summary>
    Unsigned,

    /// <summary>Its bytes, or its signature, are not of the form they must have.</summary>
    Malformed,

    /// <summary>The form of the signature or the kind of its key is not one that is accepted.</summary>
    Unsupported,

    /// <summary>The key is none of those that the host trusts.</summary>
    UnknownKey,

    /// <summary>The signature is not one over this commit.</summary>
    WrongSignature,

    /// <summary>The key was not valid yet, or not any more, when it was used.</summary>
    KeyNotValid,

    /// <summary>The key was revoked.</summary>
    KeyRevoked,

    /// <summary>The key is not one of the committer.</summary>
    CommitterNotAllowed,

    /// <summary>No key of people counts for the author.</summary>
    AuthorNotAllowed,

    /// <summary>The forge signed it, and its word does not count here.</summary>
    ForgeNotAllowed,

    /// <summary>There are more commits to look at than may be.</summary>
    TooMany,

    /// <summary>The history ends before its beginning: a shallow clone, or the pinned commit is not in it.</summary>
    HistoryMissing,

    /// <summary>The host's keys cannot be read.</summary>
    KeysUnreadable,
}

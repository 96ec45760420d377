namespace ModelOps.Reconciler.Trust;

/// <summary>
/// Whose signatures the commits of a source must have. Host configuration: who may push to a repository must not be able to say whom it
/// is trusted from.
/// </summary>
public sealed record VerifyOptions
{
    /// <summary>What is accepted first when nothing was accepted before: a signed commit.</summary>
    public const string Signed = "signed";

    /// <summary>What is accepted first when nothing was accepted before: any commit.</summary>
    public const string Any = "any";

    /// <summary>Which commits are looked at.</summary>
    public VerifyMode Mode { get; init; }

    /// <summary>File with the ssh keys of people, as <c>ssh-keygen</c> reads allowed signers; null for none.</summary>
    public string? SshKeysFile { get; init; }

    /// <summary>File with the OpenPGP keys of people, as <c>gpg --export</c> writes them; null for none.</summary>
    public string? OpenPgpKeysFile { get; init; }

    /// <summary>File with the OpenPGP or ssh keys that the forge signs with; null for none.</summary>
    public string? ForgeKeysFile { get; init; }

    /// <summary>What a signature of the forge is worth.</summary>
    public ForgeMergePolicy ForgeMerges { get; init; }

    /// <summary>Who may be the author of what a trusted key signed.</summary>
    public AuthorRule Authors { get; init; }

    /// <summary>While what is in force is not trusted any more, its models are not served; else they are, and nothing changes.</summary>
    public bool StopsOnLoss { get; init; }

    /// <summary>
    /// What may be accepted when nothing was accepted before, as after a lost state: <see cref="Signed"/>, <see cref="Any"/>, or the whole
    /// id of a commit that must be in the history (or be it).
    /// </summary>
    public string FirstUse { get; init; } = Signed;
}

/// <summary>Who may be the author of a signed commit.</summary>
public enum AuthorRule
{
    /// <summary>Anybody: who signs vouches for it.</summary>
    Any,

    /// <summary>Somebody whom a key of people counts for.</summary>
    Trusted,
}

/// <summary>Which commits must be signed.</summary>
public enum VerifyMode
{
    /// <summary>None.</summary>
    None,

    /// <summary>The newest one.</summary>
    Head,

    /// <summary>All that came after the accepted one.</summary>
    History,
}

/// <summary>What a commit is worth that the forge signed: everybody who has an account there can have it make one.</summary>
public enum ForgeMergePolicy
{
    /// <summary>Nothing.</summary>
    Deny,

    /// <summary>A merge counts when people signed what it merges.</summary>
    AllowIfParentsSigned,

    /// <summary>As much as one that a person signed.</summary>
    Allow,
}

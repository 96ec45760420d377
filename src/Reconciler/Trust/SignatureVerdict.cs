namespace ModelOps.Reconciler.Trust;

/// <summary>What is said of the signature of one commit.</summary>
/// <param name="Rule">What decided.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Key">Fingerprint of the key; empty where none is known.</param>
/// <param name="Text">The reason, as the end of a sentence about the commit.</param>
internal sealed record SignatureVerdict(SignatureRule Rule, string Commit, string Key, string Text)
{
    /// <summary>The commit is trusted.</summary>
    internal bool IsGood => Rule is SignatureRule.Trusted or SignatureRule.ForgeMerge;

    /// <summary>The key is the forge's.</summary>
    internal bool IsForge { get; init; }
}

/// <summary>What one key says of one signature, before it is known whose commit it is.</summary>
/// <param name="Rule">Trusted where the key made it and was valid then.</param>
/// <param name="Key">Fingerprint of the key; empty where none is known.</param>
/// <param name="Text">The reason.</param>
internal sealed record KeyVerdict(SignatureRule Rule, string Key, string Text);

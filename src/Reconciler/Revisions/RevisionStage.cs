namespace ModelOps.Reconciler.Revisions;

/// <summary>What a revision passes on its way to being wanted, in this order. A change of what one judges by runs that one again.</summary>
public enum RevisionStage
{
    /// <summary>The source has it.</summary>
    Detected,

    /// <summary>It contains the accepted revision.</summary>
    Descends,

    /// <summary>Its signatures are those that are asked for.</summary>
    Verified,

    /// <summary>Everything in it was read, without errors.</summary>
    Read,

    /// <summary>The host's policy allows what it asks for.</summary>
    Allowed,

    /// <summary>It is what is wanted.</summary>
    Accepted,
}

/// <summary>What one stage found.</summary>
public enum StageVerdict
{
    /// <summary>It is good.</summary>
    Passed,

    /// <summary>It is not, and the revision goes no further.</summary>
    Failed,

    /// <summary>The host asks for nothing here.</summary>
    NotAsked,
}

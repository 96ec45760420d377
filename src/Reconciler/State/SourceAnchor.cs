namespace ModelOps.Reconciler.State;

/// <summary>
/// What the accepted revision is a revision of. The operator's name of the source and the branch say which history that is; how its address
/// is spelled does not.
/// </summary>
/// <param name="Name">The operator's name of the source.</param>
/// <param name="Branch">Branch that is followed; <c>HEAD</c> for the source's own.</param>
/// <param name="Location">Address without credentials, as it was then.</param>
internal sealed record SourceAnchor(string Name, string Branch, string Location)
{
    internal bool IsSameHistory(SourceAnchor other) => Name == other.Name && Branch == other.Branch;
}

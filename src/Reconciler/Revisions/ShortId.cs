namespace ModelOps.Reconciler.Revisions;

/// <summary>Ids of revisions and builds as people read them.</summary>
internal static class ShortId
{
    private const int Digits = 12;

    /// <summary>The first twelve digits, or all that there are.</summary>
    internal static string Of(string id) => id[..Math.Min(Digits, id.Length)];
}

namespace ModelOps.Reconciler.Planning;

/// <summary>Why a model failed last.</summary>
/// <param name="Inputs">Inputs it failed with.</param>
/// <param name="Attempt">Inputs, load profile and gate that it failed with.</param>
/// <param name="Reason">One word.</param>
/// <param name="Message">Why.</param>
/// <param name="Attempts">How often in a row.</param>
/// <param name="Due">When it is tried again; null when only other inputs can help.</param>
internal sealed record ModelFailure(string Inputs, string Attempt, string Reason, string Message, int Attempts, DateTimeOffset? Due)
{
    /// <summary>When the work that failed was begun first.</summary>
    internal DateTimeOffset? Since { get; init; }

    /// <summary>Whether it says something about a model as it is declared now.</summary>
    internal bool IsOf(string inputs, string attempt) => Inputs == inputs && (Due is null || Attempt == attempt);
}

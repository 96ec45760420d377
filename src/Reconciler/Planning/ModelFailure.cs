namespace ModelOps.Reconciler.Planning;

/// <summary>Why a model failed last.</summary>
/// <param name="Inputs">Inputs it failed with.</param>
/// <param name="Reason">One word.</param>
/// <param name="Message">Why.</param>
/// <param name="Attempts">How often in a row.</param>
/// <param name="Due">When it is tried again; null when only git can help.</param>
internal sealed record ModelFailure(string Inputs, string Reason, string Message, int Attempts, DateTimeOffset? Due);

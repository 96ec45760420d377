namespace ModelOps.ModelStore.Registry;

/// <summary>Failures of the network as texts and as the store's own exception.</summary>
internal static class Failures
{
    /// <summary>The text of the failure.</summary>
    public static string Text(Exception error) => NetworkFailure.Text(error);

    /// <summary>Whether an operation may end in this error without a bug of ours.</summary>
    public static bool IsOfTheWorld(Exception error) =>
        error is RegistryStatusException or HttpRequestException || RegistryResilience.IsTransient(error);

    public static StoreException Of(Exception error, string subject) => StoreException.RegistryFailed(RegistryText(error), subject, error);

    /// <summary>As <see cref="Text"/>, of a registry: plain http is only spoken when that was asked for.</summary>
    public static string RegistryText(Exception error) =>
        NetworkFailure.IsPlainHttp(error) ? $"{Text(error)}, which takes --insecure (\"insecure\": true in a request)" : Text(error);
}

using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Registry;

/// <summary>Failures of the network as texts and as the store's own exception.</summary>
internal static class Failures
{
    /// <summary>What to tell. The text of a failed connection alone says little; its cause is added.</summary>
    public static string Text(Exception error) => error is HttpRequestException { InnerException: { } inner } && !error.Message.Contains(inner.Message, StringComparison.Ordinal)
        ? $"{error.Message}: {inner.Message}"
        : error.Message;

    /// <summary>Whether an operation may end in this and it is nobody's bug.</summary>
    public static bool IsOfTheWorld(Exception error) =>
        error is RegistryStatusException or HttpRequestException || RegistryResilience.IsTransient(error);

    public static StoreException Of(Exception error, string subject) => StoreException.Failed(Text(error), subject, error);
}

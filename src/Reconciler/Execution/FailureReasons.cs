using ModelOps.ModelStore;
using ModelOps.Prompting.Requests;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>Errors of the world as reasons of the status, and whether another try with the same inputs can help.</summary>
internal static class FailureReasons
{
    internal static (string Reason, bool IsPermanent) Of(Exception error) => error switch
    {
        StoreException store => Of(store.Failure),
        ModelRuntimeException { InnerException: InferenceException { Refusal: InferenceRefusal.NeverFits } }
            => ("InsufficientMemory", false),
        ModelRuntimeException { InnerException: StoreException store } => Of(store.Failure),
        ModelRuntimeException => ("WarmFailed", false),
        GitSourceException => ("FetchFailed", false),
        NameTakenException => ("NameConflict", false),
        DependencyNotReadyException => ("DependencyNotReady", false),
        TimeoutException => ("Timeout", false),
        _ => ("BuildFailed", false),
    };

    private static (string Reason, bool IsPermanent) Of(StoreFailure failure) => failure switch
    {
        StoreFailure.NoSpace => ("DiskFull", false),
        StoreFailure.OtherContent => ("DigestMismatch", true),
        StoreFailure.RegistryFailed or StoreFailure.Denied or StoreFailure.Untrusted => ("PullFailed", false),
        StoreFailure.Invalid => ("BuildFailed", true),
        _ => ("BuildFailed", false),
    };
}

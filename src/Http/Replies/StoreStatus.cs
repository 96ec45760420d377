using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using ModelOps.ModelStore;

namespace ModelOps.Http.Replies;

/// <summary>The status of a request that failed at the store. The words are the failure's own on every surface.</summary>
internal static class StoreStatus
{
    internal static int Of(StoreFailure failure) => failure switch
    {
        StoreFailure.Invalid => StatusCodes.Status400BadRequest,
        StoreFailure.CloudDisabled => StatusCodes.Status403Forbidden,
        StoreFailure.BuildGone => StatusCodes.Status404NotFound,

        // The reference answers 500 even where a registry has no such model, or refuses us.
        StoreFailure.Absent or StoreFailure.Unreadable or StoreFailure.Damaged or StoreFailure.OtherContent or StoreFailure.Changed
            or StoreFailure.TooLarge or StoreFailure.Unsupported or StoreFailure.Unmeasured
            or StoreFailure.NoSpace or StoreFailure.Unwritable or StoreFailure.Locked
            or StoreFailure.Denied or StoreFailure.Untrusted or StoreFailure.RegistryFailed => StatusCodes.Status500InternalServerError,
        _ => throw new UnreachableException(),
    };
}

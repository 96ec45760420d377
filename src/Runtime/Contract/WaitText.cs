using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Contract;

/// <summary>Why a request waits, in words.</summary>
internal static class WaitText
{
    internal static string Of(WaitReason reason) => reason switch
    {
        WaitReason.Loading => "its model is being loaded",
        WaitReason.Memory => "memory is being freed for its model",
        WaitReason.Restart => "its model is being unloaded and will be loaded again",
        _ => "its model is being updated, and both builds do not fit in memory",
    };
}

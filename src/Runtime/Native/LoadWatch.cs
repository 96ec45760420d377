using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>Follows one load: reports its progress, and ends it when it is not wanted any more.</summary>
internal sealed unsafe class LoadWatch : IDisposable
{
    private readonly IProgress<float>? _progress;
    private readonly CancellationToken _cancellationToken;
    private GCHandle _self;

    internal LoadWatch(IProgress<float>? progress, CancellationToken cancellationToken)
    {
        (_progress, _cancellationToken) = (progress, cancellationToken);
        _self = GCHandle.Alloc(this);
    }

    /// <summary>Lets the engine call it. It must live as long as the load.</summary>
    internal void Attach(ref ModelSettings settings)
    {
        settings.ProgressCallback = (nint)(delegate* unmanaged[Cdecl]<float, void*, byte>)&OnProgress;
        settings.ProgressCallbackData = GCHandle.ToIntPtr(_self);
    }

    public void Dispose() => _self.Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnProgress(float share, void* data)
    {
#pragma warning disable CA1031 // No exception may escape into native code.
        try
        {
            var watch = (LoadWatch)GCHandle.FromIntPtr((nint)data).Target!;
            watch._progress?.Report(share);
            return watch._cancellationToken.IsCancellationRequested ? (byte)0 : (byte)1;
        }
        catch
        {
            return 0;
        }
#pragma warning restore CA1031
    }
}
